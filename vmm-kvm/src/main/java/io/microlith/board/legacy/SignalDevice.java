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
 * A port by which a guest says that it has responded: that it has done what it was started or restored for, for the
 * first time. Writing {@value #RESPONDED} says so, see {@link io.microlith.vmm.Vm#responded}; other bytes mean nothing
 * yet. A program in Linux writes to it by {@code /dev/port}. Reading gives 0.
 *
 * <p>Any thread.
 */
public final class SignalDevice implements Device, PioDevice, Snapshotable<NoState> {
    /** What a guest writes when it has responded. */
    public static final int RESPONDED = 1;

    private static final int BYTE_MASK = 0xff;

    private final DeviceId id;
    private final VmControl control;

    SignalDevice(SignalConfig config, DeviceContext context) {
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
        if ((value & BYTE_MASK) == RESPONDED) {
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

    /** {@code signal0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
