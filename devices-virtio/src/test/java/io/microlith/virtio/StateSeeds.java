// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has the tests of a device's state write states to the corpus of its fuzz target: of a device at power-on, and of one
 * with a driver of split queues and of packed ones. A field of the test, with {@code @RegisterExtension}.
 */
// Only tests use it.
@SuppressWarnings("exports")
public final class StateSeeds<C, S extends DeviceState> implements AfterEachCallback {
    private static final String METHOD = "restore_anyBytes_isRefusedOrDone";
    private static final int QUEUE_SIZE = 8;

    private final Class<?> target;
    private final DeviceFactory<C, S> factory;
    private final C config;

    /**
     * Writes for a class that has a fuzz target {@value #METHOD}.
     *
     * @param config that of the fuzz target
     */
    public StateSeeds(Class<?> target, DeviceFactory<C, S> factory, C config) {
        this.target = target;
        this.factory = factory;
        this.config = config;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type());
                Device device = factory.create(config, machine)) {
            save(device, "power-on");
            bringToLife(machine, (VirtioDevice) device, GuestDriver.ALL_OF_SPLIT_QUEUES);
            save(device, "split");
            bringToLife(machine, (VirtioDevice) device, -1);
            save(device, "packed");
        }
    }

    private static void bringToLife(FakeDeviceContext machine, VirtioDevice device, long wanted) {
        GuestDriver driver = new GuestDriver(machine);
        driver.begin(wanted);
        boolean packed = (driver.offered() & wanted & GuestDriver.RING_PACKED) != 0;
        for (int i = 0; i < device.queueSizes().size(); i++) {
            if (packed) {
                var _ = driver.setUpPackedQueue(i, QUEUE_SIZE);
            } else {
                var _ = driver.setUpQueue(i, QUEUE_SIZE);
            }
        }
        // A device that has something to say may go on for ever, so it gets no turn.
        driver.addStatus(GuestDriver.DRIVER_OK);
    }

    private void save(Device device, String name) {
        SeedWriter.save(StateCodec.encode(((Snapshotable<?>) device).save()), target, METHOD, name);
    }
}
