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
 * Two ports by which a guest says how it gets on.
 *
 * <p>The first ends its VM: writing {@code n}, a byte, ends it with the exit status {@code n}, as {@code exit(n)} does
 * for a process. (QEMU's {@code isa-debug-exit} ends with {@code 2n + 1}, which cannot say 0.)
 *
 * <p>The second says that the guest has responded: that it has done what it was started or restored for, for the first
 * time. Writing {@value #RESPONDED} says so, see {@link io.microlith.vmm.Vm#responded}; other bytes mean nothing yet. A
 * program in Linux writes to it by {@code /dev/port}.
 *
 * <p>Reading gives 0. Of two bytes that are written to the first at once the lower counts. No state, so that a machine
 * that was saved when there was but the first has both. Any thread.
 */
public final class DebugExitDevice implements Device, PioDevice, Snapshotable<NoState> {
    /** What a guest writes to the second port when it has responded. */
    public static final int RESPONDED = 1;

    private static final int BYTE_MASK = 0xff;

    private final DeviceId id;
    private final VmControl control;

    DebugExitDevice(DebugExitConfig config, DeviceContext context) {
        id = context.id();
        control = context.control();
        context.mapPio(new AddressRange(config.port(), DebugExitConfig.PORTS), this);
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
        int said = value & BYTE_MASK;
        if (offset == 0) {
            control.exit(said);
        } else if (said == RESPONDED) {
            control.responded();
        }
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
