// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

/** Registers and bits of a 16550A UART, by the names of its data sheet (National Semiconductor PC16550D, 8.0). */
final class SerialRegisters {
    /** Receiver buffer (read) and transmitter holding register (write); divisor latch, low byte. */
    static final int RBR_THR_DLL = 0;
    /** Interrupt enable; divisor latch, high byte. */
    static final int IER_DLM = 1;
    /** Interrupt identification (read) and FIFO control (write). */
    static final int IIR_FCR = 2;
    /** Line control. */
    static final int LCR = 3;
    /** Modem control. */
    static final int MCR = 4;
    /** Line status. */
    static final int LSR = 5;
    /** Modem status. */
    static final int MSR = 6;
    /** Scratch. */
    static final int SCR = 7;

    /** IER: a byte was received. */
    static final int IER_RECEIVED = 1;
    /** IER: the transmitter holding register is empty. */
    static final int IER_EMPTY = 1 << 1;
    /** IER: an error on the line. */
    static final int IER_LINE = 1 << 2;
    /** IER: a change of the modem status. */
    static final int IER_MODEM = 1 << 3;
    /** IER: the bits there are. A driver finds out by setting others which chip it is. */
    static final int IER_MASK = 0x0f;

    /** IIR: no interrupt is pending. */
    static final int IIR_NONE = 1;
    /** IIR: an error on the line; the most urgent. */
    static final int IIR_LINE = 0x06;
    /** IIR: as many bytes as the trigger says were received. */
    static final int IIR_RECEIVED = 0x04;
    /** IIR: fewer bytes than that were received, and no more have come for a while. */
    static final int IIR_TIMEOUT = 0x0c;
    /** IIR: the transmitter holding register is empty. Reading this clears it. */
    static final int IIR_EMPTY = 0x02;
    /** IIR: a change of the modem status; the least urgent. */
    static final int IIR_MODEM = 0x00;
    /** IIR: the FIFOs are enabled and work: what makes a 16550 a 16550A. */
    static final int IIR_FIFOS = 0xc0;

    /** FCR: enables the FIFOs. */
    static final int FCR_ENABLE = 1;
    /** FCR: empties the receiver's FIFO. */
    static final int FCR_CLEAR_RECEIVER = 1 << 1;
    /** FCR: the bits that last. */
    static final int FCR_KEPT = 0xc1;
    /** FCR: where the receiver's trigger is. */
    static final int FCR_TRIGGER_SHIFT = 6;

    /** LCR: the first two registers are the divisor latch. */
    static final int LCR_DLAB = 1 << 7;

    /** MCR: data terminal ready. */
    static final int MCR_DTR = 1;
    /** MCR: request to send. */
    static final int MCR_RTS = 1 << 1;
    /** MCR: general purpose output 1. */
    static final int MCR_OUT1 = 1 << 2;
    /** MCR: general purpose output 2. On a PC it lets the interrupt through; here it always passes. */
    static final int MCR_OUT2 = 1 << 3;
    /** MCR: what is sent is received, and the modem's inputs are its outputs. */
    static final int MCR_LOOP = 1 << 4;
    /** MCR: the bits there are. */
    static final int MCR_MASK = 0x1f;

    /** LSR: a byte can be read. */
    static final int LSR_READY = 1;
    /** LSR: a byte was lost. */
    static final int LSR_OVERRUN = 1 << 1;
    /** LSR: the transmitter holding register, or the FIFO in its place, is empty. */
    static final int LSR_EMPTY = 1 << 5;
    /** LSR: and all is sent. */
    static final int LSR_IDLE = 1 << 6;

    /** MSR: the bits that tell of changes. */
    static final int MSR_CHANGES = 0x0f;
    /** MSR: where the four inputs are. */
    static final int MSR_INPUTS_SHIFT = 4;
    /** MSR: clear to send, among the inputs. */
    static final int INPUT_CTS = 1;
    /** MSR: data set ready, among the inputs. */
    static final int INPUT_DSR = 1 << 1;
    /** MSR: ring indicator, among the inputs. Only its end is a change. */
    static final int INPUT_RI = 1 << 2;
    /** MSR: data carrier detect, among the inputs. */
    static final int INPUT_DCD = 1 << 3;

    /** The bytes that each direction's FIFO holds. */
    static final int FIFO_SIZE = 16;

    private static final int[] TRIGGERS = {1, 4, 8, 14};

    private SerialRegisters() {}

    /** How many bytes make {@link #IIR_RECEIVED}. */
    static int trigger(int fcr) {
        return (fcr & FCR_ENABLE) != 0 ? TRIGGERS[fcr >> FCR_TRIGGER_SHIFT] : 1;
    }

    /** The modem inputs of a port in loopback mode: its own outputs. */
    static int loopedInputs(int mcr) {
        return ((mcr & MCR_RTS) != 0 ? INPUT_CTS : 0)
                | ((mcr & MCR_DTR) != 0 ? INPUT_DSR : 0)
                | ((mcr & MCR_OUT1) != 0 ? INPUT_RI : 0)
                | ((mcr & MCR_OUT2) != 0 ? INPUT_DCD : 0);
    }
}
