// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FailingStream;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.StuckStream;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.stream.OutputPump;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** From the guest to the host. */
class SerialSendTest extends SerialFixture {
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
}
