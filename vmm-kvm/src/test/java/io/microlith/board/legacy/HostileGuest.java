// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;

/** A guest that does anything to a device's ports, as a script of bytes says. */
final class HostileGuest {
    private static final int STEP = 4;
    private static final int[] SIZES = {1, 1, 2, 4};

    private final FakeDeviceContext machine;

    HostileGuest(FakeDeviceContext machine) {
        this.machine = machine;
    }

    /** Plays a whole script: each four bytes are one access. */
    void play(byte[] script) {
        for (int at = 0; at + STEP <= script.length; at += STEP) {
            access(script[at], script[at + 1], (script[at + 2] & 0xff) | (script[at + 3] << Byte.SIZE));
        }
    }

    /** Makes one access: bit 0 of {@code kind} is the direction, and the next two are the size. */
    void access(byte kind, byte where, int value) {
        AddressRange range =
                machine.ports().get(Math.floorMod(where, machine.ports().size()));
        int port = (int) (range.base() + Math.floorMod(where >> 2, range.size()));
        int size = SIZES[(kind >> 1) & 3];
        if ((kind & 1) == 0) {
            machine.out(port, size, value);
        } else {
            int read = machine.in(port, size);
            if (size < Integer.BYTES && read >>> (size * Byte.SIZE) != 0) {
                throw new AssertionError("read " + read + " of " + size + " bytes");
            }
        }
    }

    /**
     * Creates a device, plays a script, and restores the device from what it saved.
     *
     * @return the restored device's state
     */
    static <C, S extends DeviceState> DeviceState playAndRestore(DeviceFactory<C, S> factory, C config, byte[] script) {
        byte[] saved;
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type())) {
            Device device = factory.create(config, machine);
            new HostileGuest(machine).play(script);
            saved = StateCodec.encode(((Snapshotable<?>) device).save());
            device.close();
        }
        return restore(factory, config, saved);
    }

    /**
     * Restores a device from bytes.
     *
     * @throws InvalidStateException if that is what the bytes deserve
     */
    static <C, S extends DeviceState> DeviceState restore(DeviceFactory<C, S> factory, C config, byte[] bytes) {
        try (FakeDeviceContext machine = new FakeDeviceContext(factory.type())) {
            S state = factory.read(StateCodec.reader(bytes));
            Device device = factory.restore(config, state, machine);
            DeviceState again = ((Snapshotable<?>) device).save();
            device.close();
            return again;
        }
    }

    /** Whether bytes are a state that a device can be restored from. */
    static <C, S extends DeviceState> boolean isState(DeviceFactory<C, S> factory, C config, byte[] bytes) {
        try {
            restore(factory, config, bytes);
            return true;
        } catch (InvalidStateException e) {
            return false;
        }
    }
}
