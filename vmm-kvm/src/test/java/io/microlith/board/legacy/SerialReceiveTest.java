// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the host to the guest. */
class SerialReceiveTest extends SerialFixture {
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
}
