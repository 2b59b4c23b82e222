// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.ByteString;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SerialStateTest extends SnapshotContract<SerialConfig, SerialState> {
    @Override
    protected DeviceFactory<SerialConfig, SerialState> factory() {
        return new SerialFactory();
    }

    @Override
    protected SerialConfig config() {
        return SerialConfig.to(OutputStream.nullOutputStream());
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.out(0x3f8 + 3, 0x80);
        guest.out(0x3f8, 0x12);
        guest.out(0x3f8 + 3, 0x03);
        guest.out(0x3f8 + 2, 0x81);
        guest.out(0x3f8 + 4, 0x1b);
        guest.out(0x3f8 + 1, 0x0f);
        guest.out(0x3f8 + 7, guest.in(0x3f8 + 7) + 1);
        for (int i = 0; i < 12; i++) {
            guest.out(0x3f8, i);
        }
        guest.in(0x3f8);
    }

    @Override
    protected List<BrokenState<SerialState>> broken(SerialState s) {
        ByteString long17 = ByteString.of(new byte[17]);
        ByteString two = ByteString.of(new byte[2]);
        return List.of(
                new BrokenState<>("ier", with(s, 0x10, s.fcr(), s.lcr(), s.mcr())),
                new BrokenState<>("ier", with(s, -1, s.fcr(), s.lcr(), s.mcr())),
                new BrokenState<>("fcr", with(s, s.ier(), 0x09, s.lcr(), s.mcr())),
                new BrokenState<>("lcr", with(s, s.ier(), s.fcr(), 0x100, s.mcr())),
                new BrokenState<>("mcr", with(s, s.ier(), s.fcr(), s.lcr(), 0x20)),
                new BrokenState<>("scr", with(s, 0x100, s.divisor(), s.modemChanges(), s.received())),
                new BrokenState<>("divisor", with(s, s.scr(), 0x10000, s.modemChanges(), s.received())),
                new BrokenState<>("modemChanges", with(s, s.scr(), s.divisor(), 0x10, s.received())),
                new BrokenState<>("received", with(s, s.scr(), s.divisor(), s.modemChanges(), long17)),
                new BrokenState<>("received", new SerialState(0, 0, 0, 0, 0, 0, false, 0, false, two)));
    }

    private static SerialState with(SerialState s, int ier, int fcr, int lcr, int mcr) {
        return new SerialState(
                ier,
                fcr,
                lcr,
                mcr,
                s.scr(),
                s.divisor(),
                s.overrun(),
                s.modemChanges(),
                s.transmitterEmptied(),
                s.received());
    }

    private static SerialState with(SerialState s, int scr, int divisor, int modemChanges, ByteString received) {
        return new SerialState(
                s.ier(),
                s.fcr(),
                s.lcr(),
                s.mcr(),
                scr,
                divisor,
                s.overrun(),
                modemChanges,
                s.transmitterEmptied(),
                received);
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("overrun", "transmitterEmptied");
    }

    /** The guest that was saved may have waited for the output to take more. */
    @Test
    void resume_outputHasRoom_guestHearsOfIt() {
        SerialState saved;
        try (FakeDeviceContext machine = new FakeDeviceContext("serial");
                Device device = factory().create(config(), machine)) {
            machine.out(0x3f8 + 1, 0x02);
            assertThat(machine.in(0x3f8 + 2) & 0x0f).isEqualTo(0x02);
            assertThat(machine.in(0x3f8 + 2) & 0x0f).isEqualTo(0x01);
            saved = ((SerialDevice) device).save();
        }
        try (FakeDeviceContext machine = new FakeDeviceContext("serial");
                Device device = factory().restore(config(), saved, machine)) {
            device.resume();
            assertThat(machine.line(4).triggers()).isEqualTo(1);
            assertThat(machine.in(0x3f8 + 2) & 0x0f).isEqualTo(0x02);
        }
    }
}
