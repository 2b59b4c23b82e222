// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RtcDeviceTest {
    private static final int[] TIME = {0x32, 0x09, 0x08, 0x07, 0x04, 0x02, 0x00};

    private final MovableClock clock = new MovableClock("2024-02-29T23:59:58Z");
    private final FakeDeviceContext machine = new FakeDeviceContext("rtc");
    private final Device device = new RtcFactory().create(new RtcConfig(clock), machine);

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private int get(int register) {
        machine.out(0x70, register);
        return machine.in(0x71);
    }

    private void set(int register, int value) {
        machine.out(0x70, register);
        machine.out(0x71, value);
    }

    /** Century, year, month, day, hours, minutes and seconds in hexadecimal, as the registers have them. */
    private String time() {
        StringBuilder text = new StringBuilder();
        IntStream.of(TIME).forEach(register -> text.append(String.format("%02x", get(register))));
        return text.toString();
    }

    private void setTime(String digits) {
        for (int i = 0; i < TIME.length; i++) {
            set(TIME[i], Integer.parseInt(digits, 2 * i, 2 * i + 2, 16));
        }
    }

    private int triggers() {
        return machine.line(8).triggers();
    }

    @Test
    void create_resources_arePortsInterruptAndFirmwareNode() {
        Interrupt interrupt = new Interrupt(8, Trigger.EDGE);
        AddressRange ports = new AddressRange(0x70, 2);

        assertThat(machine.ports()).containsExactly(ports);
        assertThat(machine.interrupts()).containsExactly(interrupt);
        assertThat(machine.nodes())
                .containsExactly(new FirmwareNode("PNP0B00", List.of(), List.of(ports), List.of(interrupt)));
    }

    @Test
    void update_enabled_interruptsEachSecondOnceRead() {
        clock.advance(Duration.ofNanos(999_990_000));
        set(0x0b, 0x12);
        assertThat(get(0x0c)).isZero();
        clock.advance(Duration.ofNanos(20_000));
        awaitTriggers(1);

        assertThat(get(0x0c)).isEqualTo(0x90);
        assertThat(get(0x0c)).isZero();
        clock.advance(Duration.ofSeconds(1));
        awaitTriggers(2);
        clock.advance(Duration.ofSeconds(1));
        // It was midnight, the alarm of a chip in which nobody has set one.
        assertThat(get(0x0c)).isEqualTo(0xb0);
        assertThat(triggers()).isEqualTo(2);
    }

    private void awaitTriggers(int count) {
        Eventually.holds("the interrupt is triggered", () -> {
            machine.eventLoop().poll(1_000_000);
            return triggers() == count;
        });
    }

    @Test
    void update_notEnabled_isToldWithoutInterrupt() {
        clock.advance(Duration.ofSeconds(1));

        assertThat(get(0x0c)).isEqualTo(0x10);
        assertThat(get(0x0c)).isZero();
        assertThat(triggers()).isZero();
    }

    @Test
    void update_whileSetting_isDisabledAndDoesNotHappen() {
        set(0x0b, 0x92);
        clock.advance(Duration.ofSeconds(5));

        assertThat(get(0x0b)).isEqualTo(0x82);
        assertThat(get(0x0c)).isZero();
    }

    @Test
    void alarm_reached_interrupts() {
        set(0x05, 0x00);
        set(0x03, 0x00);
        set(0x01, 0x01);
        clock.advance(Duration.ofNanos(999_990_000));
        set(0x0b, 0x22);
        clock.advance(Duration.ofSeconds(1));
        assertThat(get(0x0c)).isEqualTo(0x10);
        clock.advance(Duration.ofSeconds(2));
        awaitTriggers(1);

        assertThat(get(0x0c)).isEqualTo(0xb0);
        clock.advance(Duration.ofHours(23));
        assertThat(get(0x0c)).isEqualTo(0x10);
    }

    @ParameterizedTest
    @CsvSource({
        "0xff, 0xff, 0xff, 1",
        "0xff, 0xff, 0xc0, 1",
        "0xff, 0x00, 0x00, 2",
        "0xff, 0x00, 0x10, 12",
        "0x23, 0x59, 0x58, 86400"
    })
    void alarm_anyHour_isReachedAtTheFirstThatFits(String hours, String minutes, String seconds, int after) {
        set(0x05, Integer.decode(hours));
        set(0x03, Integer.decode(minutes));
        set(0x01, Integer.decode(seconds));
        clock.advance(Duration.ofSeconds(after - 1L));
        assertThat(get(0x0c) & 0x20).isZero();
        clock.advance(Duration.ofSeconds(1));

        assertThat(get(0x0c) & 0x20).isEqualTo(0x20);
    }

    @Test
    void alarm_timeSetBeyondIt_isNotReached() {
        set(0x05, 0x12);
        set(0x03, 0x00);
        set(0x01, 0x00);
        set(0x04, 0x13);

        assertThat(get(0x0c)).isZero();
        clock.advance(Duration.ofDays(400));
        assertThat(get(0x0c)).isEqualTo(0x30);
    }

    @Test
    void hostTimeGoesBack_goesOnFromThere() {
        clock.advance(Duration.ofDays(-10));
        assertThat(get(0x0c)).isZero();
        assertThat(time()).isEqualTo("20240219235958");
        clock.advance(Duration.ofSeconds(1));

        assertThat(get(0x0c)).isEqualTo(0x10);
    }

    @Test
    void reset_interruptsEnabled_disablesThem() {
        set(0x0b, 0x7e);
        clock.advance(Duration.ofSeconds(1));
        device.reset();

        assertThat(get(0x0b)).isEqualTo(0x06);
        assertThat(get(0x0c)).isZero();
    }

    @Test
    void read_atPowerOn_isHostTimeInDecimalDigits() {
        assertThat(time()).isEqualTo("20240229235958");
        assertThat(get(0x06)).isEqualTo(5);
        assertThat(get(0x0b)).isEqualTo(0x02);
        assertThat(get(0x0c)).isZero();
        assertThat(get(0x0d)).isEqualTo(0x80);
    }

    @Test
    void read_leapDayOver_isNextMonth() {
        clock.advance(Duration.ofSeconds(2));

        assertThat(time()).isEqualTo("20240301000000");
        assertThat(get(0x06)).isEqualTo(6);
    }

    @Test
    void read_binary_isInNumbers() {
        set(0x0b, 0x06);

        assertThat(time()).isEqualTo("1418021d173b3a");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-01T00:30:00Z, 0x12",
        "2024-01-01T11:30:00Z, 0x11",
        "2024-01-01T12:30:00Z, 0x92",
        "2024-01-01T23:30:00Z, 0x91"
    })
    void read_twelveHours_hasNoonAndMidnight(String now, int hours) {
        try (FakeDeviceContext other = new FakeDeviceContext("rtc")) {
            Device twelve = new RtcFactory().create(new RtcConfig(new MovableClock(now)), other);
            other.out(0x70, 0x0b);
            other.out(0x71, 0);
            other.out(0x70, 0x04);
            assertThat(other.in(0x71)).isEqualTo(hours);

            // Setting what was read changes nothing.
            other.out(0x71, hours);
            assertThat(other.in(0x71)).isEqualTo(hours);
            twelve.close();
        }
    }

    @Test
    void write_timeWhileSetting_standsStillAndRunsOnFromThere() {
        set(0x0b, 0x82);
        setTime("19991231235959");
        clock.advance(Duration.ofSeconds(30));
        assertThat(time()).isEqualTo("19991231235959");
        assertThat(get(0x0a) & 0x80).isZero();

        set(0x0b, 0x02);
        assertThat(time()).isEqualTo("19991231235959");
        clock.advance(Duration.ofSeconds(1));
        assertThat(time()).isEqualTo("20000101000000");
    }

    @Test
    void write_settingWithoutNewTime_keepsTheTimeItStoppedAt() {
        set(0x0b, 0x82);
        clock.advance(Duration.ofSeconds(60));
        set(0x0b, 0x02);

        assertThat(time()).isEqualTo("20240229235958");
    }

    @Test
    void write_oneFieldWithoutSetting_changesThatField() {
        set(0x02, 0x05);

        assertThat(time()).isEqualTo("20240229230558");
    }

    @Test
    void write_nonsenseTime_carriesOver() {
        set(0x0b, 0x82);
        setTime("ffffffffffffff");
        set(0x0b, 0x02);

        assertThat(time()).matches("[0-9]{14}");
    }

    @Test
    void read_justBeforeASecond_isUpdating() {
        assertThat(get(0x0a)).isEqualTo(0x26);
        clock.advance(Duration.ofNanos(999_800_000));

        assertThat(get(0x0a)).isEqualTo(0xa6);
        set(0x0b, 0x82);
        assertThat(get(0x0a)).isEqualTo(0x26);
    }

    @Test
    void write_registersOfStatus_keepTheirConstants() {
        set(0x0a, 0xff);
        set(0x0c, 0xff);
        set(0x0d, 0x00);

        assertThat(get(0x0a)).isEqualTo(0x7f);
        assertThat(get(0x0c)).isZero();
        assertThat(get(0x0d)).isEqualTo(0x80);
    }

    @Test
    void write_alarmAndMemory_areKept() {
        for (int register : new int[] {0x01, 0x03, 0x05, 0x0e, 0x31, 0x33, 0x7f}) {
            set(register, register ^ 0x55);
        }
        for (int register : new int[] {0x01, 0x03, 0x05, 0x0e, 0x31, 0x33, 0x7f}) {
            assertThat(get(register)).isEqualTo(register ^ 0x55);
        }
    }

    @Test
    void index_topBit_masksInterruptsAndSelectsTheSame() {
        set(0x8e, 0x11);

        assertThat(get(0x0e)).isEqualTo(0x11);
        assertThat(machine.in(0x70)).isEqualTo(0xff);
    }

    @Test
    void access_twoBytes_selectsAndWrites() {
        machine.out(0x70, 2, 0x42_50);

        assertThat(get(0x50)).isEqualTo(0x42);
        assertThat(machine.in(0x70, 2)).isEqualTo(0xffff);
    }

    @Test
    void reset_used_keepsTimeAndMemory() {
        set(0x40, 0x42);
        set(0x02, 0x05);
        device.reset();

        assertThat(get(0x40)).isEqualTo(0x42);
        assertThat(time()).isEqualTo("20240229230558");
    }
}
