// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingVmControl.Request;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerManagementDeviceTest {
    private static final int STS = 0x600;
    private static final int EN = 0x602;
    private static final int CNT = 0x604;
    private static final int TMR = 0x608;
    private static final int POWER_BUTTON = 0x100;
    private static final int SLP_EN = 1 << 13;
    private static final int OFF = 5 << 10;

    /** Somewhere below zero, as System.nanoTime may be. */
    private final AtomicLong nanos = new AtomicLong(-5_000);

    private final FakeDeviceContext machine = new FakeDeviceContext("pm");
    private final PowerManagementDevice device =
            (PowerManagementDevice) new PowerManagementFactory().create(new PowerManagementConfig(nanos::get), machine);

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private boolean sci() {
        return machine.line(9).isAsserted();
    }

    @Test
    void create_resources_arePortsAndSci() {
        assertThat(machine.ports()).containsExactly(new AddressRange(0x600, 16));
        assertThat(machine.interrupts()).containsExactly(new Interrupt(9, Trigger.LEVEL));
        assertThat(sci()).isFalse();
    }

    @Test
    void read_atPowerOn_isAcpiModeAndNothingElse() {
        assertThat(machine.in(CNT, 2)).isEqualTo(1);
        assertThat(machine.in(STS, 4)).isZero();
        assertThat(machine.in(TMR, 4)).isZero();
    }

    @Test
    void control_sleepTypeOffWithEnable_shutsDown() {
        machine.out(CNT, 2, OFF | SLP_EN | 1);

        assertThat(machine.control().requests()).containsExactly(new Request.Shutdown());
        assertThat(machine.in(CNT, 2)).isEqualTo(OFF | 1);
    }

    @Test
    void control_inTwoSteps_shutsDown() {
        machine.out(CNT, 2, OFF | 1);
        assertThat(machine.control().requests()).isEmpty();
        machine.out(CNT + 1, 1, (OFF | SLP_EN) >> 8);

        assertThat(machine.control().requests()).containsExactly(new Request.Shutdown());
    }

    @Test
    void control_fourBytes_shutsDown() {
        machine.out(CNT, 4, OFF | SLP_EN);

        assertThat(machine.control().requests()).containsExactly(new Request.Shutdown());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 6, 7})
    void control_otherSleepType_doesNothing(int type) {
        machine.out(CNT, 2, type << 10 | SLP_EN);

        assertThat(machine.control().requests()).isEmpty();
        assertThat(machine.in(CNT, 2)).isEqualTo(type << 10 | 1);
    }

    @Test
    void powerButton_enabled_raisesSciUntilCleared() {
        machine.out(EN, 2, POWER_BUTTON);
        device.pressPowerButton();

        assertThat(sci()).isTrue();
        assertThat(machine.in(STS, 2)).isEqualTo(POWER_BUTTON);
        machine.out(STS, 2, 1 << 5);
        assertThat(sci()).isTrue();
        machine.out(STS, 2, POWER_BUTTON);
        assertThat(sci()).isFalse();
        assertThat(machine.in(STS, 2)).isZero();
        assertThat(machine.in(EN, 2)).isEqualTo(POWER_BUTTON);
    }

    @Test
    void powerButton_enabledLater_raisesSciThen() {
        device.pressPowerButton();
        assertThat(sci()).isFalse();

        machine.out(EN, 2, POWER_BUTTON);
        assertThat(sci()).isTrue();
        machine.out(EN + 1, 1, 0);
        assertThat(sci()).isFalse();
    }

    @Test
    void powerButton_afterClose_doesNothing() {
        machine.out(EN, 2, POWER_BUTTON);
        device.close();
        device.pressPowerButton();

        assertThat(sci()).isFalse();
    }

    @Test
    void events_fourBytes_clearAndEnableAtOnce() {
        device.pressPowerButton();
        machine.out(STS, 4, POWER_BUTTON << 16 | POWER_BUTTON);

        assertThat(machine.in(STS, 4)).isEqualTo(POWER_BUTTON << 16);
        assertThat(sci()).isFalse();
    }

    @Test
    void events_unknownBits_areNotEnabled() {
        machine.out(EN, 2, 0xffff);

        assertThat(machine.in(EN, 2)).isEqualTo(0x521);
    }

    @Test
    void timer_second_isItsFrequency() {
        nanos.addAndGet(1_000_000_000);
        assertThat(machine.in(TMR, 4)).isEqualTo(3_579_545);

        nanos.addAndGet(86_400L * 365 * 1_000_000_000);
        assertThat(machine.in(TMR, 4)).isEqualTo((int) (3_579_545L * (86_400L * 365 + 1)));
    }

    @Test
    void timer_readInParts_isTheSame() {
        nanos.addAndGet(123_456_789_012L);
        int whole = machine.in(TMR, 4);

        assertThat(machine.in(TMR, 2) | machine.in(TMR + 2, 2) << 16).isEqualTo(whole);
        assertThat(machine.in(TMR + 3, 1)).isEqualTo(whole >>> 24);
        assertThat(machine.in(TMR - 2, 4)).isEqualTo(whole << 16);
    }

    @Test
    void timer_written_keepsCounting() {
        nanos.addAndGet(1_000_000);
        int before = machine.in(TMR, 4);
        machine.out(TMR, 4, 0);

        assertThat(machine.in(TMR, 4)).isEqualTo(before);
    }

    @Test
    void timer_topBitChanges_setsStatusUntilCleared() {
        nanos.addAndGet(599_000_000_000L);
        assertThat(machine.in(STS, 2)).isZero();
        nanos.addAndGet(1_000_000_000);
        assertThat(machine.in(STS, 2)).isEqualTo(1);

        machine.out(STS, 2, 1);
        assertThat(machine.in(STS, 2)).isZero();
        nanos.addAndGet(600_000_000_000L);
        assertThat(machine.in(STS, 2)).isEqualTo(1);
    }

    @Test
    void timer_enabled_raisesSciWhenTopBitChanges() {
        // A hundred microseconds before the change: the device's timer waits that long for it.
        nanos.addAndGet(599_930_680_000L - 100_000);
        machine.out(EN, 2, 1);
        assertThat(sci()).isFalse();
        nanos.addAndGet(600_000_000);
        Eventually.holds("the interrupt is raised", () -> {
            machine.eventLoop().poll(1_000_000);
            return sci();
        });

        assertThat(machine.in(STS, 2)).isEqualTo(1);
        machine.out(STS, 2, 1);
        assertThat(sci()).isFalse();
    }

    @Test
    void reset_used_isAsAtPowerOn() {
        machine.out(EN, 2, POWER_BUTTON);
        device.pressPowerButton();
        nanos.addAndGet(1_000_000_000);
        device.reset();

        assertThat(sci()).isFalse();
        assertThat(machine.in(STS, 4)).isZero();
        assertThat(machine.in(TMR, 4)).isZero();
    }

    @Test
    void restore_sciAsserted_assertsItAgain() {
        machine.out(EN, 2, POWER_BUTTON);
        device.pressPowerButton();

        try (FakeDeviceContext other = new FakeDeviceContext("pm")) {
            var restored =
                    new PowerManagementFactory().restore(new PowerManagementConfig(nanos::get), device.save(), other);
            assertThat(other.line(9).isAsserted()).isTrue();
            restored.close();
        }
    }
}
