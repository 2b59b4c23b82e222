// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * An entropy device, which has no state but that of its transport and queue.
 *
 * @param virtio that
 */
public record RngState(VirtioState virtio) implements DeviceState {
    /** The version of this record's format. */
    public static final int VERSION = 1;

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public void writeTo(StateWriter writer) {
        writer.putState(1, virtio);
    }

    static RngState read(StateReader reader) {
        return new RngState(VirtioState.read(reader.getState(1)));
    }
}
