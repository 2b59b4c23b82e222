// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.ByteString;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RtcStateTest extends SnapshotContract<RtcConfig, RtcState> {
    @Override
    protected DeviceFactory<RtcConfig, RtcState> factory() {
        return new RtcFactory();
    }

    @Override
    protected RtcConfig config() {
        return new RtcConfig(new MovableClock("2024-02-29T12:00:00Z"));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.out(0x70, 0x50);
        int next = guest.in(0x71) + 1;
        guest.out(0x71, next);
        guest.out(0x70, 0x02);
        guest.out(0x71, next % 10);
        guest.out(0x70, 0x0b);
        guest.out(0x71, 0x32);
    }

    @Override
    protected List<BrokenState<RtcState>> broken(RtcState s) {
        ByteString large = ByteString.of(new byte[129]);
        return List.of(
                new BrokenState<>("index", with(s, 128, s.pending())),
                new BrokenState<>("index", with(s, -1, s.pending())),
                new BrokenState<>("pending", with(s, s.index(), 0x80)),
                new BrokenState<>("offsetSeconds", with(s, Long.MAX_VALUE, s.updatedSecond(), s.memory())),
                new BrokenState<>("offsetSeconds", with(s, Long.MIN_VALUE, s.updatedSecond(), s.memory())),
                new BrokenState<>("updatedSecond", with(s, s.offsetSeconds(), Long.MIN_VALUE, s.memory())),
                new BrokenState<>("memory", with(s, s.offsetSeconds(), s.updatedSecond(), ByteString.EMPTY)),
                new BrokenState<>("memory", with(s, s.offsetSeconds(), s.updatedSecond(), large)));
    }

    private static RtcState with(RtcState s, int index, int pending) {
        return new RtcState(index, s.offsetSeconds(), pending, s.updatedSecond(), s.memory());
    }

    private static RtcState with(RtcState s, long offsetSeconds, long updatedSecond, ByteString memory) {
        return new RtcState(s.index(), offsetSeconds, s.pending(), updatedSecond, memory);
    }

    @Override
    protected RtcState afterReset(RtcState used, RtcState created) {
        byte[] memory = used.memory().toByteArray();
        memory[0x0b] &= (byte) 0x87;
        return new RtcState(0, used.offsetSeconds(), 0, used.updatedSecond(), ByteString.of(memory));
    }

    /** Interrupt controllers are restored after the chip was made. */
    @Test
    void resume_alarmCameDueMeanwhile_interruptsAgain() {
        MovableClock clock = new MovableClock("2024-02-29T12:00:00Z");
        RtcState saved;
        try (FakeDeviceContext machine = new FakeDeviceContext("rtc");
                Device device = factory().create(new RtcConfig(clock), machine)) {
            machine.out(0x70, 0x0b);
            machine.out(0x71, 0x12);
            saved = ((RtcDevice) device).save();
        }
        clock.advance(Duration.ofSeconds(10));
        try (FakeDeviceContext machine = new FakeDeviceContext("rtc");
                Device device = factory().restore(new RtcConfig(clock), saved, machine)) {
            int before = machine.line(8).triggers();
            device.resume();
            assertThat(machine.line(8).triggers()).isEqualTo(before + 1);
        }
    }
}
