// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A queue as the driver set it up, and where it stands. Untrusted when it comes from a file: see {@link #checked}.
 *
 * @param size the number of elements
 * @param enabled whether the driver enabled it
 * @param descriptorArea the guest-physical address of the descriptor table or ring
 * @param driverArea that of the avail ring, or of the driver's event suppression
 * @param deviceArea that of the used ring, or of the device's event suppression
 * @param nextAvail where the next chain is popped: for a split queue the running 16-bit index, for a packed one the
 *     slot, and bit 15 while the wrap counter is 0
 * @param nextUsed where the next chain is given back, likewise
 */
public record QueueState(
        int size, boolean enabled, long descriptorArea, long driverArea, long deviceArea, int nextAvail, int nextUsed)
        implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    /** The most elements of any queue (VIRTIO 1.2, 2.7 and 2.8). */
    public static final int MAX_SIZE = 1 << 15;

    /** A queue that the driver has not touched. */
    public static QueueState initial(int maxSize) {
        return new QueueState(maxSize, false, 0, 0, 0, 0, 0);
    }

    /** The same with another size. */
    public QueueState withSize(int elements) {
        return new QueueState(elements, enabled, descriptorArea, driverArea, deviceArea, nextAvail, nextUsed);
    }

    /** The same with another descriptor area. */
    public QueueState withDescriptorArea(long address) {
        return new QueueState(size, enabled, address, driverArea, deviceArea, nextAvail, nextUsed);
    }

    /** The same with another driver area. */
    public QueueState withDriverArea(long address) {
        return new QueueState(size, enabled, descriptorArea, address, deviceArea, nextAvail, nextUsed);
    }

    /** The same with another device area. */
    public QueueState withDeviceArea(long address) {
        return new QueueState(size, enabled, descriptorArea, driverArea, address, nextAvail, nextUsed);
    }

    /** The same, enabled, and about to begin. */
    public QueueState enable() {
        return new QueueState(size, true, descriptorArea, driverArea, deviceArea, nextAvail, nextUsed);
    }

    /** The same at another place in its rings. */
    QueueState at(int avail, int used) {
        return new QueueState(size, enabled, descriptorArea, driverArea, deviceArea, avail, used);
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putLong(1, size)
                .putBoolean(2, enabled)
                .putLong(3, descriptorArea)
                .putLong(4, driverArea)
                .putLong(5, deviceArea)
                .putLong(6, nextAvail)
                .putLong(7, nextUsed);
    }

    /** Reads a state, unchecked. */
    public static QueueState read(StateReader reader) {
        return new QueueState(
                reader.getInt(1, 0),
                reader.getBoolean(2, false),
                reader.getLong(3, 0),
                reader.getLong(4, 0),
                reader.getLong(5, 0),
                reader.getInt(6, 0),
                reader.getInt(7, 0));
    }

    /**
     * Returns this state if a queue of a device can be in it.
     *
     * @param maxSize the most elements that the device offers
     * @throws io.microlith.vmm.error.InvalidStateException if a field breaks a rule
     */
    public QueueState checked(int maxSize) {
        StateCheck.of("QueueState")
                .inRange("size", size, 0, maxSize)
                .bits("nextAvail", nextAvail, 0xffff)
                .bits("nextUsed", nextUsed, 0xffff);
        return this;
    }
}
