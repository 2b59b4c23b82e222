// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.VmControl;
import io.microlith.vmm.state.Snapshotable;
import java.util.List;

/**
 * The port with which a guest's kernel says that it panicked (QEMU, docs/specs/pvpanic.rst; Linux,
 * uapi/misc/pvpanic.h). Reading gives the events it knows, writing one makes it happen.
 *
 * <p>Any thread.
 */
public final class PvPanicDevice implements Device, PioDevice, Snapshotable<NoState> {
    /** The port. */
    public static final int PORT = 0x505;

    private static final String HARDWARE_ID = "QEMU0001";
    private static final AddressRange RANGE = new AddressRange(PORT, 1);

    /** The kernel panicked and will do nothing about it. */
    private static final int PANICKED = 1;
    /** The kernel panicked and starts another one that writes a dump. */
    private static final int CRASH_LOADED = 1 << 1;

    private final DeviceId id;
    private final VmControl control;
    private final PvPanicEvents events;

    PvPanicDevice(PvPanicConfig config, DeviceContext context) {
        id = context.id();
        control = context.control();
        events = config.events();
        context.mapPio(RANGE, this);
        context.describe(new FirmwareNode(HARDWARE_ID, List.of(), List.of(RANGE), List.of()));
    }

    @Override
    public DeviceId id() {
        return id;
    }

    @Override
    public int read(int offset, int size) {
        return PANICKED | CRASH_LOADED;
    }

    @Override
    public void write(int offset, int size, int value) {
        if ((value & PANICKED) != 0) {
            events.onPanicked();
            control.panicked("the guest's kernel panicked: its console says why");
        } else if ((value & CRASH_LOADED) != 0) {
            events.onCrashLoaded();
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

    /** {@code pvpanic0}. */
    @Override
    public String toString() {
        return id.toString();
    }
}
