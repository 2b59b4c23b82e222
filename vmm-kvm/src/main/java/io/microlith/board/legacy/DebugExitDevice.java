// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.state.Snapshotable;

/**
 * A port with which a guest ends its VM: writing a byte {@code n} ends it with the exit status {@code n}, as
 * {@code exit(n)} does for a process. (QEMU's {@code isa-debug-exit} ends with {@code 2n + 1}, which cannot say 0.)
 * Reading gives 0.
 *
 * <p>Any thread.
 */
public final class DebugExitDevice implements Device, PioDevice, Snapshotable<NoState> {
    private static final int STATUS_MASK = 0xff;

    private final DeviceId id;
    private final VmControl control;

    DebugExitDevice(DebugExitConfig config, DeviceContext context) {
        id = context.id();
        control = context.control();
        context.mapPio(new AddressRange(config.port(), 1), this);
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        return 0;
    }

    @Override
    public void write(int offset, int size, int value) {
        control.exit(value & STATUS_MASK);
    }

    @Override
    public NoState save() {
        return new NoState();
    }

    @Override
    public void reset() {}

    @Override
    public void close() {}

    /** {@code debug-exit0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
