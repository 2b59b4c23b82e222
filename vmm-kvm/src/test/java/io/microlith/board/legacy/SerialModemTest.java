// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The modem at the other end, which is there, and the chip as its own. */
class SerialModemTest extends SerialFixture {
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
}
