// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.QueueState;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a device and its driver have come, on any transport.
 *
 * @param transport the name of the transport
 * @param status the device status, bits of {@link DeviceStatus}
 * @param deviceFeaturesSelect which 32 of the device's features the driver reads
 * @param driverFeaturesSelect which 32 of its own it writes
 * @param driverFeatures the features it accepted
 * @param queueSelect the queue whose registers it sees
 * @param configGeneration counts the changes of the configuration
 * @param queues the queues, all of them
 * @param registers what the transport alone has
 */
public record VirtioState(
        String transport,
        int status,
        int deviceFeaturesSelect,
        int driverFeaturesSelect,
        long driverFeatures,
        int queueSelect,
        int configGeneration,
        List<QueueState> queues,
        ByteString registers)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    private static final int MAX_QUEUES = 1 << 16;
    private static final int FIRST_QUEUE_TAG = 16;

    /** Copies the list. */
    public VirtioState {
        queues = List.copyOf(queues);
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putBytes(1, transport.getBytes(StandardCharsets.UTF_8))
                .putLong(2, status)
                .putLong(3, deviceFeaturesSelect)
                .putLong(4, driverFeaturesSelect)
                .putLong(5, driverFeatures)
                .putLong(6, queueSelect)
                .putLong(7, configGeneration)
                .putBytes(8, registers.toByteArray())
                .putLong(9, queues.size());
        for (int i = 0; i < queues.size(); i++) {
            writer.putState(FIRST_QUEUE_TAG + i, queues.get(i));
        }
    }

    /**
     * Reads a state, unchecked.
     *
     * @throws InvalidStateException if it is malformed
     */
    public static VirtioState read(StateReader reader) {
        int count = reader.getInt(9, 0);
        StateCheck.of("VirtioState").inRange("queues", count, 0, MAX_QUEUES - FIRST_QUEUE_TAG - 1);
        List<QueueState> queues = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            queues.add(QueueState.read(reader.getState(FIRST_QUEUE_TAG + i)));
        }
        return new VirtioState(
                new String(reader.getBytes(1), StandardCharsets.UTF_8),
                reader.getInt(2, 0),
                reader.getInt(3, 0),
                reader.getInt(4, 0),
                reader.getLong(5, 0),
                reader.getInt(6, 0),
                reader.getInt(7, 0),
                queues,
                ByteString.of(reader.getBytes(8)));
    }

    /**
     * Returns this state if a device can be in it.
     *
     * @param device the device it is for
     * @param features all the features that device and transport offer
     * @throws InvalidStateException if a field breaks a rule
     */
    VirtioState checked(VirtioDevice device, long features) {
        boolean agreed = (status & DeviceStatus.FEATURES_OK) != 0;
        StateCheck.of("VirtioState")
                .bits("status", status, DeviceStatus.ALL)
                .require(
                        "status",
                        status,
                        agreed || (status & DeviceStatus.DRIVER_OK) == 0,
                        "no DRIVER_OK without FEATURES_OK")
                .require(
                        "driverFeatures",
                        Long.toHexString(driverFeatures),
                        !agreed
                                || ((driverFeatures & ~features) == 0
                                        && (driverFeatures & VirtioFeatures.VERSION_1) != 0),
                        "only features that the device offers, and VERSION_1")
                .inRange(
                        "queues",
                        queues.size(),
                        device.queueSizes().size(),
                        device.queueSizes().size());
        for (int i = 0; i < queues.size(); i++) {
            queues.get(i).checked(device.queueSizes().get(i));
        }
        return this;
    }
}
