// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCheck;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * Persistent memory, without its content.
 *
 * @param virtio its transport and queue
 * @param start where the guest sees it
 * @param size how many bytes there are
 */
public record PmemState(VirtioState virtio, long start, long size) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio).putLong(2, start).putLong(3, size);
    }

    static PmemState read(StateReader reader) {
        return new PmemState(VirtioState.read(reader.getState(1)), reader.getLong(2, 0), reader.getLong(3, 0));
    }

    /** Returns this state if it is one of memory at this place. */
    PmemState checked(AddressRange place) {
        StateCheck.of("PmemState")
                .inRange("start", start, place.base(), place.base())
                .inRange("size", size, place.size(), place.size());
        return this;
    }
}
