// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.VirtioState;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateReader;
import io.microlith.vmm.state.StateWriter;

/**
 * A socket device, which has no state but that of its transport and queues: connections end with it, and the driver is
 * told so when it is restored.
 *
 * @param virtio that
 */
public record VsockState(VirtioState virtio) implements DeviceState {
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

    static VsockState read(StateReader reader) {
        return new VsockState(VirtioState.read(reader.getState(1)));
    }
}
