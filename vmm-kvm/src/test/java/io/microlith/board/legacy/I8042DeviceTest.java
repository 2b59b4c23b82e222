// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingVmControl.Request;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class I8042DeviceTest {
    private static final int FULL = 1;

    private final FakeDeviceContext machine = new FakeDeviceContext("i8042");
    private final Device device = new I8042Factory().create(new I8042Config(), machine);

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private void command(int value) {
        machine.out(0x64, value);
    }

    private int status() {
        return machine.in(0x64);
    }

    /** Waits for an answer as drivers do, and reads it. */
    private int answer() {
        assertThat(status() & FULL).isEqualTo(FULL);
        int value = machine.in(0x60);
        assertThat(status() & FULL).isZero();
        return value;
    }

    @Test
    void create_ports_leaveThoseBetweenAlone() {
        assertThat(machine.ports()).containsExactly(new AddressRange(0x60, 1), new AddressRange(0x64, 1));
        assertThat(machine.interrupts()).isEmpty();
    }

    @Test
    void status_atPowerOn_isEmptyAndReadyForCommands() {
        assertThat(status()).isEqualTo(0x10);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xfe, 0xf0, 0xfc})
    void command_pulseOfResetLine_resets(int value) {
        command(value);

        assertThat(machine.control().requests()).containsExactly(new Request.Reset());
    }

    @ParameterizedTest
    @ValueSource(ints = {0xff, 0xf1, 0xad, 0xae, 0xa7, 0xa8, 0x00})
    void command_other_doesNotReset(int value) {
        command(value);

        assertThat(machine.control().requests()).isEmpty();
        assertThat(status() & FULL).isZero();
    }

    @Test
    void command_outputPortWithoutResetLine_resets() {
        command(0xd1);
        machine.out(0x60, 0x02);

        assertThat(machine.control().requests()).containsExactly(new Request.Reset());
    }

    @Test
    void command_outputPort_isReadBack() {
        command(0xd1);
        machine.out(0x60, 0xdf);
        command(0xd0);
        assertThat(answer()).isEqualTo(0xdf);

        command(0xdd);
        command(0xd0);
        assertThat(answer()).isEqualTo(0xdd);
        assertThat(machine.control().requests()).isEmpty();
    }

    @Test
    void command_selfTest_passes() {
        command(0xaa);

        assertThat(answer()).isEqualTo(0x55);
        assertThat(status() & 4).isEqualTo(4);
    }

    @Test
    void command_commandByte_isKept() {
        command(0x60);
        machine.out(0x60, 0x47);
        command(0x20);

        assertThat(answer()).isEqualTo(0x47);
        assertThat(status() & 4).isEqualTo(4);
    }

    @Test
    void command_memory_isKeptByIndex() {
        command(0x7f);
        machine.out(0x60, 0xab);
        command(0x3f);
        assertThat(answer()).isEqualTo(0xab);
        command(0x20);
        assertThat(answer()).isEqualTo(0x03);
    }

    @ParameterizedTest
    @CsvSource({"0xab, 1", "0xa9, 1", "0xc0, 0"})
    void command_test_findsNothing(int value, int expected) {
        command(value);

        assertThat(answer()).isEqualTo(expected);
    }

    @Test
    void command_mouseLoop_isNotWhatWasSent() {
        command(0xd3);
        machine.out(0x60, 0x5a);

        assertThat(status() & 0x20).isEqualTo(0x20);
        assertThat(answer()).isNotEqualTo(0x5a);
    }

    @Test
    void command_keyboardLoop_isWhatWasSent() {
        command(0xd2);
        machine.out(0x60, 0x5a);

        assertThat(answer()).isEqualTo(0x5a);
    }

    @Test
    void data_toKeyboardOrMouse_timesOut() {
        machine.out(0x60, 0xf2);
        assertThat(status() & 0x61).isEqualTo(0x41);
        assertThat(answer()).isEqualTo(0xfe);

        command(0xd4);
        machine.out(0x60, 0xf2);
        assertThat(status() & 0x61).isEqualTo(0x61);
        assertThat(answer()).isEqualTo(0xfe);
        assertThat(status() & 0x61).isZero();
    }

    @Test
    void data_readTwice_isTheSame() {
        command(0xaa);
        answer();

        assertThat(machine.in(0x60)).isEqualTo(0x55);
    }

    @Test
    void configure_option_isRefused() {
        assertThatThrownBy(() -> new I8042Factory().configure(Map.of("layout", "de")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("i8042.layout");
    }
}
