// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a serial port is, and what its registers say. */
class SerialDeviceTest extends SerialFixture {
    @Test
    void create_first_isComOneWithItsInterruptAndFirmwareNode() {
        assertThat(machine.ports()).containsExactly(new AddressRange(0x3f8, 8));
        assertThat(machine.interrupts()).containsExactly(new Interrupt(4, Trigger.EDGE));
        assertThat(machine.nodes())
                .containsExactly(new FirmwareNode(
                        "PNP0501",
                        List.of(),
                        List.of(new AddressRange(0x3f8, 8)),
                        List.of(new Interrupt(4, Trigger.EDGE))));
    }

    @ParameterizedTest
    @CsvSource({"1, 0x2f8", "2, 0x3e8", "3, 0x2e8"})
    void create_later_isTheNextPort(int index, int base) {
        try (FakeDeviceContext other = new FakeDeviceContext(new DeviceId("serial", index))) {
            Device second = Serial.to(output).create(other);

            assertThat(other.ports()).containsExactly(new AddressRange(base, 8));
            assertThat(other.interrupts()).hasSize(1);
            second.close();
        }
    }

    @Test
    void create_fifthWithoutPlace_isRefused() {
        try (FakeDeviceContext other = new FakeDeviceContext(new DeviceId("serial", 4))) {
            assertThatThrownBy(() -> Serial.to(output).create(other))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("SerialConfig.at");
        }
    }

    @Test
    void create_inputOfAnotherPort_isRefused() {
        try (FakeDeviceContext other = new FakeDeviceContext(new DeviceId("serial", 1))) {
            assertThatThrownBy(() -> Serial.console(input, output).create(other))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("serial.input");
        }
    }

    @Test
    void configure_unknownOptionOrValue_isRefused() {
        SerialFactory factory = new SerialFactory();

        assertThatThrownBy(() -> factory.configure(Map.of("colour", "red"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> factory.configure(Map.of("output", "printer"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> factory.configure(Map.of("input", "mouse"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> factory.configure(Map.of("port", "com9"))).isInstanceOf(ConfigException.class);
    }

    @Test
    void configure_allOptions_areTaken() {
        SerialConfig config =
                new SerialFactory().configure(Map.of("output", "stderr", "input", "stdin", "port", "com2"));

        assertThat(config.output()).isSameAs(System.err);
        assertThat(config.port()).contains(SerialPort.COM2);
        assertThat(config.source()).isInstanceOf(DescriptorSource.class);
    }

    @Test
    void identify_asLinuxDoes_isA16550A() {
        assertThat(guest.identify()).isEqualTo("16550A, fifo=16");
        assertThat(guest.interruptsWhenEnabled()).isTrue();
        assertThat(printed()).isEmpty();
    }

    @Test
    void identifyInterrupt_all_areToldByPriority() {
        guest.out(FCR, 1);
        guest.out(MCR, 0x10);
        for (int i = 0; i < 17; i++) {
            guest.out(THR, i);
        }
        guest.out(IER, 0x0f);

        assertThat(guest.in(IIR)).isEqualTo(0xc6);
        guest.in(LSR);
        assertThat(guest.in(IIR)).isEqualTo(0xc4);
        guest.out(FCR, 1 | 2);
        assertThat(guest.in(IIR)).isEqualTo(0xc2);
        assertThat(guest.in(IIR)).isEqualTo(0xc0);
        guest.in(MSR);
        assertThat(guest.in(IIR)).isEqualTo(0xc1);
        assertThat(triggers()).isEqualTo(1);
    }

    @Test
    void divisorLatch_selected_hidesTheFirstTwoRegisters() {
        guest.out(IER, 5);
        guest.out(LCR, 0x83);
        guest.out(0, 0x34);
        guest.out(1, 0x12);

        assertThat(guest.in(0)).isEqualTo(0x34);
        assertThat(guest.in(1)).isEqualTo(0x12);
        guest.out(LCR, 0x03);
        assertThat(guest.in(IER)).isEqualTo(5);
        assertThat(guest.in(LCR)).isEqualTo(3);
        assertThat(printed()).isEmpty();
    }

    @Test
    void scratch_written_isReadBack() {
        guest.out(SCR, 0xa5);

        assertThat(guest.in(SCR)).isEqualTo(0xa5);
    }

    @Test
    void access_twoBytes_isTwoRegisters() {
        machine.out(SerialGuest.BASE + MSR, 2, 0x5a00);
        assertThat(machine.in(SerialGuest.BASE + SCR)).isEqualTo(0x5a);
        assertThat(machine.in(SerialGuest.BASE + MSR, 2)).isEqualTo(0x5ab0);
    }

    @Test
    void reset_used_isAsAtPowerOnWithItsInput() {
        guest.open();
        guest.out(SCR, 7);
        device.reset();

        assertThat(guest.in(SCR)).isZero();
        type("again");
        guest.open();
        drive();
        assertThat(guest.received()).isEqualTo("again");
    }

    @Test
    void restore_interruptPending_triggersAgain() {
        guest.out(IER, 2);
        SerialState state = ((SerialDevice) device).save();

        try (FakeDeviceContext other = new FakeDeviceContext("serial")) {
            Device restored = new SerialFactory().restore(SerialConfig.to(output), state, other);
            assertThat(other.line(4).triggers()).isEqualTo(1);
            restored.close();
        }
    }

    @Test
    void close_pushedAfter_isLostWithoutError() {
        guest.open();
        int before = triggers();
        device.close();

        assertThat(input.type("late")).isTrue();
        assertThat(triggers()).isEqualTo(before);
    }
}
