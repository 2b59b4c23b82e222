// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A disk, without its content.
 *
 * @param virtio its transport and queues
 * @param sectors its size, in sectors of 512 bytes
 */
public record BlkState(VirtioState virtio, long sectors) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio).putLong(2, sectors);
    }

    static BlkState read(StateReader reader) {
        return new BlkState(VirtioState.read(reader.getState(1)), reader.getLong(2, 0));
    }

    /** Returns this state if it is one of a disk of this size. */
    BlkState checked(long found) {
        StateCheck.of("BlkState").inRange("sectors", sectors, found, found);
        return this;
    }
}
