// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FailingStream;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.StuckStream;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.stream.OutputPump;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class SerialDeviceTest {
    private static final int RBR = 0;
    private static final int THR = 0;
    private static final int IER = 1;
    private static final int IIR = 2;
    private static final int FCR = 2;
    private static final int LCR = 3;
    private static final int MCR = 4;
    private static final int LSR = 5;
    private static final int MSR = 6;
    private static final int SCR = 7;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final SerialInput input = new SerialInput();
    private final FakeDeviceContext machine = new FakeDeviceContext("serial");
    private final Device device = Serial.console(input, output).create(machine);
    private final SerialGuest guest = new SerialGuest(machine);

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private String printed() {
        device.drain();
        return output.toString(StandardCharsets.UTF_8);
    }

    private int triggers() {
        return machine.line(4).triggers();
    }

    private void type(String text) {
        assertThat(input.type(text)).isTrue();
    }

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
    void print_asking_isWhole() {
        guest.open();
        guest.print("Booting\nlogin: ");

        assertThat(printed()).isEqualTo("Booting\nlogin: ");
    }

    @Test
    void send_byInterrupt_isWholeWithinTheLimitOfLinux() {
        guest.open();
        String text = "0123456789abcdef".repeat(256);
        guest.send(text);
        int passes = guest.handleInterrupts();

        assertThat(printed()).isEqualTo(text);
        assertThat(guest.isIdle()).isTrue();
        assertThat(passes).isBetween(1, SerialGuest.PASS_LIMIT - 1);
    }

    @Test
    void send_againAndAgain_losesNoInterrupt() {
        guest.open();
        StringBuilder all = new StringBuilder();
        for (int length = 0; length < 50; length++) {
            String text = "#".repeat(length);
            all.append(text);
            guest.send(text);
            guest.handleInterrupts();
        }

        assertThat(guest.isIdle()).isTrue();
        assertThat(printed()).isEqualTo(all.toString());
    }

    @Test
    void send_outputStuck_waitsAndGoesOnWithAnInterrupt() throws Exception {
        try (FakeDeviceContext other = new FakeDeviceContext("serial")) {
            StuckStream stuck = new StuckStream();
            Device port = Serial.to(stuck).create(other);
            SerialGuest sender = new SerialGuest(other);
            sender.open();
            String text = "t".repeat(3 * OutputPump.CAPACITY);
            sender.send(text);
            sender.handleInterrupts();
            stuck.awaitWrite();
            sender.handleInterrupts();

            assertThat(sender.isIdle()).isFalse();
            assertThat(sender.in(LSR) & 0x60).isZero();
            int triggers = other.line(4).triggers();
            sender.out(IER, 0x05);
            sender.out(IER, 0x07);
            assertThat(sender.in(IIR)).isEqualTo(0xc1);
            assertThat(other.line(4).triggers()).isEqualTo(triggers);
            stuck.release();
            Eventually.holds("all is sent", () -> {
                sender.handleInterrupts();
                return sender.isIdle();
            });
            port.drain();
            assertThat(other.line(4).triggers()).isGreaterThan(triggers);
            assertThat(stuck.written()).isEqualTo(text.length());
            port.close();
        }
    }

    @Test
    void send_outputFails_goesOnAndTellsOnce() {
        List<Exception> failures = new CopyOnWriteArrayList<>();
        SerialEvents events = new SerialEvents() {
            @Override
            public void onOutputFailed(Exception cause) {
                failures.add(cause);
            }
        };
        try (FakeDeviceContext other = new FakeDeviceContext("serial")) {
            IOException broken = new IOException("broken pipe");
            Device port = Serial.with(SerialConfig.to(new FailingStream(broken)).events(events))
                    .create(other);
            SerialGuest sender = new SerialGuest(other);
            sender.open();
            sender.print("one");
            port.drain();
            sender.print("two");
            port.drain();

            assertThat(failures).containsExactly(broken);
            assertThat(sender.in(LSR)).isEqualTo(0x60);
            assertThat(other.control().requests()).isEmpty();
            port.close();
        }
    }

    @Test
    void write_transmitterInterruptEnabled_raisesItAtOnceAndOnce() {
        guest.out(IER, 2);

        assertThat(triggers()).isEqualTo(1);
        assertThat(guest.in(IIR)).isEqualTo(0x02);
        assertThat(guest.in(IIR)).isEqualTo(0x01);
        assertThat(triggers()).isEqualTo(1);
    }

    @Test
    void write_transmitterInterruptStillEnabled_doesNotRaiseItAgain() {
        guest.out(IER, 2);
        guest.in(IIR);
        guest.out(IER, 3);

        assertThat(guest.in(IIR)).isEqualTo(0x01);
        assertThat(triggers()).isEqualTo(1);
    }

    @Test
    void write_byteWhileTransmitterInterruptEnabled_raisesItAgainAfterItWasRead() {
        guest.out(IER, 2);
        guest.in(IIR);

        guest.out(THR, 'a');
        guest.out(THR, 'b');

        assertThat(triggers()).isEqualTo(2);
        assertThat(guest.in(IIR)).isEqualTo(0x02);
    }

    @Test
    void write_transmitterInterruptDisabled_takesItBack() {
        guest.out(IER, 2);
        guest.out(IER, 0);

        assertThat(guest.in(IIR)).isEqualTo(0x01);
    }

    @Test
    void read_inputWhileRequestToSend_isReceivedWithInterrupt() {
        guest.open();
        type("hi");
        guest.handleInterrupts();

        assertThat(guest.received()).isEqualTo("hi");
    }

    @Test
    void read_inputBeforeRequestToSend_waits() {
        type("early");
        assertThat(guest.in(LSR) & 1).isZero();

        guest.open();
        drive();

        assertThat(guest.received()).isEqualTo("early");
    }

    @Test
    void read_moreThanAFifo_comesInPortionsFromTheLoop() {
        guest.open();
        String text = "0123456789abcdefghijklmnopqrstuvwxyz";
        type(text);
        guest.handleInterrupts();

        assertThat(guest.received()).hasSize(16);
        drive();
        assertThat(guest.received()).isEqualTo(text);
    }

    /** Runs the loop and the guest's handler until neither has anything to do. */
    private void drive() {
        do {
            guest.handleInterrupts();
        } while (machine.eventLoop().poll(0) > 0);
        guest.handleInterrupts();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 4", "2, 8", "3, 14"})
    void read_belowAndAtTrigger_isTimeoutAndReceived(int code, int trigger) {
        guest.out(MCR, 0x02);
        guest.out(FCR, 1 | code << 6);
        guest.out(IER, 1);

        type("z".repeat(trigger));
        assertThat(guest.in(IIR)).isEqualTo(0xc4);
        guest.in(RBR);
        assertThat(guest.in(IIR)).isEqualTo(trigger == 1 ? 0xc1 : 0xcc);
    }

    @Test
    void read_withoutFifo_holdsOneByte() {
        guest.out(MCR, 0x02);
        type("ab");

        assertThat(guest.in(LSR) & 1).isEqualTo(1);
        assertThat(guest.in(RBR)).isEqualTo('a');
        assertThat(guest.in(LSR) & 1).isZero();
        machine.eventLoop().poll(0);
        assertThat(guest.in(RBR)).isEqualTo('b');
    }

    @Test
    void read_nothingReceived_isZeroAndNothingChanges() {
        assertThat(guest.in(RBR)).isZero();
        assertThat(guest.in(LSR)).isEqualTo(0x60);
    }

    @Test
    void loopback_moreThanAFifo_overruns() {
        guest.out(FCR, 1);
        guest.out(MCR, 0x10);
        for (int i = 0; i < 17; i++) {
            guest.out(THR, i);
        }

        assertThat(guest.in(LSR)).isEqualTo(0x63);
        assertThat(guest.in(LSR)).isEqualTo(0x61);
        for (int i = 0; i < 16; i++) {
            assertThat(guest.in(RBR)).isEqualTo(i);
        }
        assertThat(printed()).isEmpty();
    }

    @Test
    void loopback_withoutFifo_overrunReplacesTheByte() {
        guest.out(MCR, 0x10);
        guest.out(THR, 'a');
        guest.out(THR, 'b');

        assertThat(guest.in(LSR)).isEqualTo(0x63);
        assertThat(guest.in(RBR)).isEqualTo('b');
    }

    @Test
    void loopback_inputFromHost_waits() {
        guest.out(MCR, 0x12);
        type("x");
        assertThat(guest.in(LSR) & 1).isZero();

        guest.out(MCR, 0x02);
        machine.eventLoop().poll(0);

        assertThat(guest.in(RBR)).isEqualTo('x');
    }

    @ParameterizedTest
    @CsvSource({"0x11, 0x20", "0x12, 0x10", "0x14, 0x40", "0x18, 0x80"})
    void loopback_output_isTheInputOfThatName(int mcr, int input) {
        guest.out(MCR, mcr);

        assertThat(guest.in(MSR) & 0xf0).isEqualTo(input);
    }

    @Test
    void modemStatus_connected_isReadyWithoutChange() {
        assertThat(guest.in(MSR)).isEqualTo(0xb0);
    }

    @Test
    void modemStatus_changes_interruptUntilRead() {
        guest.out(IER, 8);
        guest.out(MCR, 0x10);

        assertThat(triggers()).isEqualTo(1);
        assertThat(guest.in(IIR)).isEqualTo(0x00);
        assertThat(guest.in(MSR)).isEqualTo(0x0b);
        assertThat(guest.in(IIR)).isEqualTo(0x01);
        assertThat(guest.in(MSR)).isZero();
    }

    @Test
    void modemStatus_ring_countsOnlyItsEnd() {
        guest.out(MCR, 0x10);
        guest.in(MSR);
        guest.out(MCR, 0x14);
        assertThat(guest.in(MSR)).isEqualTo(0x40);

        guest.out(MCR, 0x10);
        assertThat(guest.in(MSR)).isEqualTo(0x04);
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
    void fifoControl_toggled_emptiesTheReceiver() {
        guest.out(MCR, 0x02);
        guest.out(FCR, 1);
        type("abc");

        guest.out(FCR, 0);

        assertThat(guest.in(LSR) & 1).isZero();
        assertThat(guest.in(IIR)).isEqualTo(0x01);
    }

    @Test
    void fifoControl_notEnabling_isIgnored() {
        guest.out(FCR, 0xc0);

        assertThat(guest.in(IIR)).isEqualTo(0x01);
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
