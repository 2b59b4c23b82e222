// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import static io.microlith.board.legacy.SerialRegisters.FCR_CLEAR_RECEIVER;
import static io.microlith.board.legacy.SerialRegisters.FCR_ENABLE;
import static io.microlith.board.legacy.SerialRegisters.FCR_KEPT;
import static io.microlith.board.legacy.SerialRegisters.FIFO_SIZE;
import static io.microlith.board.legacy.SerialRegisters.IER_DLM;
import static io.microlith.board.legacy.SerialRegisters.IER_EMPTY;
import static io.microlith.board.legacy.SerialRegisters.IER_LINE;
import static io.microlith.board.legacy.SerialRegisters.IER_MASK;
import static io.microlith.board.legacy.SerialRegisters.IER_MODEM;
import static io.microlith.board.legacy.SerialRegisters.IER_RECEIVED;
import static io.microlith.board.legacy.SerialRegisters.IIR_EMPTY;
import static io.microlith.board.legacy.SerialRegisters.IIR_FCR;
import static io.microlith.board.legacy.SerialRegisters.IIR_FIFOS;
import static io.microlith.board.legacy.SerialRegisters.IIR_LINE;
import static io.microlith.board.legacy.SerialRegisters.IIR_MODEM;
import static io.microlith.board.legacy.SerialRegisters.IIR_NONE;
import static io.microlith.board.legacy.SerialRegisters.IIR_RECEIVED;
import static io.microlith.board.legacy.SerialRegisters.IIR_TIMEOUT;
import static io.microlith.board.legacy.SerialRegisters.INPUT_CTS;
import static io.microlith.board.legacy.SerialRegisters.INPUT_DCD;
import static io.microlith.board.legacy.SerialRegisters.INPUT_DSR;
import static io.microlith.board.legacy.SerialRegisters.INPUT_RI;
import static io.microlith.board.legacy.SerialRegisters.LCR;
import static io.microlith.board.legacy.SerialRegisters.LCR_DLAB;
import static io.microlith.board.legacy.SerialRegisters.LSR;
import static io.microlith.board.legacy.SerialRegisters.LSR_EMPTY;
import static io.microlith.board.legacy.SerialRegisters.LSR_IDLE;
import static io.microlith.board.legacy.SerialRegisters.LSR_OVERRUN;
import static io.microlith.board.legacy.SerialRegisters.LSR_READY;
import static io.microlith.board.legacy.SerialRegisters.MCR;
import static io.microlith.board.legacy.SerialRegisters.MCR_LOOP;
import static io.microlith.board.legacy.SerialRegisters.MCR_MASK;
import static io.microlith.board.legacy.SerialRegisters.MCR_RTS;
import static io.microlith.board.legacy.SerialRegisters.MSR;
import static io.microlith.board.legacy.SerialRegisters.MSR_INPUTS_SHIFT;
import static io.microlith.board.legacy.SerialRegisters.RBR_THR_DLL;
import static io.microlith.board.legacy.SerialRegisters.loopedInputs;
import static io.microlith.board.legacy.SerialRegisters.trigger;

/**
 * The 16550A chip: its registers and the receiver's FIFO, with no thread and no host. What is sent is on the line at
 * once, so the transmitter's FIFO is empty whenever the line is clear. For one thread at a time.
 */
final class Uart {
    /** What the chip sends to. */
    interface Line {
        /** Whether a FIFO of bytes can be sent without loss. */
        boolean isClear();

        /** Sends a byte. */
        void send(byte value);
    }

    /** The modem inputs, with a terminal at the other end that is always ready. */
    private static final int TERMINAL_READY = INPUT_CTS | INPUT_DSR | INPUT_DCD;

    private final Line line;
    private final ReceiverFifo receiver = new ReceiverFifo();
    private int ier;
    private int fcr;
    private int lcr;
    private int mcr;
    private int scr;
    private int divisor;
    private boolean overrun;
    private int modemChanges;

    /** Whether an enabled {@link SerialRegisters#IIR_EMPTY} is pending. */
    private boolean transmitterEmptied;

    Uart(Line line) {
        this.line = line;
    }

    void load(SerialState state) {
        ier = state.ier();
        fcr = state.fcr();
        lcr = state.lcr();
        mcr = state.mcr();
        scr = state.scr();
        divisor = state.divisor();
        overrun = state.overrun();
        modemChanges = state.modemChanges();
        transmitterEmptied = state.transmitterEmptied();
        receiver.clear();
        for (int i = 0; i < state.received().length(); i++) {
            receiver.add(state.received().at(i));
        }
    }

    SerialState save() {
        return new SerialState(
                ier, fcr, lcr, mcr, scr, divisor, overrun, modemChanges, transmitterEmptied, receiver.contents());
    }

    /** Whether the chip's interrupt line is high. */
    boolean interrupts() {
        return interrupt() != IIR_NONE;
    }

    /** The most urgent interrupt that is pending and enabled. */
    private int interrupt() {
        if ((ier & IER_LINE) != 0 && overrun) {
            return IIR_LINE;
        }
        if ((ier & IER_RECEIVED) != 0 && receiver.count() > 0) {
            // The time a real chip waits for more bytes is over at once: they came with the others.
            return receiver.count() >= trigger(fcr) ? IIR_RECEIVED : IIR_TIMEOUT;
        }
        if ((ier & IER_EMPTY) != 0 && transmitterEmptied) {
            return IIR_EMPTY;
        }
        return (ier & IER_MODEM) != 0 && modemChanges != 0 ? IIR_MODEM : IIR_NONE;
    }

    /** How many bytes the terminal may send now. */
    int receiverRoom() {
        boolean connected = (mcr & (MCR_RTS | MCR_LOOP)) == MCR_RTS;
        return connected ? capacity() - receiver.count() : 0;
    }

    /** Whether the guest has read everything, and the terminal may send. */
    boolean isHungry() {
        return receiver.count() == 0 && receiverRoom() > 0;
    }

    private int capacity() {
        return (fcr & FCR_ENABLE) != 0 ? FIFO_SIZE : 1;
    }

    /** A byte arrives. */
    void receive(byte value) {
        if (receiver.count() < capacity()) {
            receiver.add(value);
            return;
        }
        overrun = true;
        if ((fcr & FCR_ENABLE) == 0) {
            // With no FIFO the buffer register itself is overwritten; with one, the bytes in it are safe.
            receiver.replaceLast(value);
        }
    }

    /** The line is clear, after it was not. */
    void lineCleared() {
        transmitterEmptied = (ier & IER_EMPTY) != 0;
    }

    /** The guest reads a register. */
    int read(int register) {
        return switch (register) {
            case RBR_THR_DLL -> isDivisorLatched() ? divisor & 0xff : receiver.take();
            case IER_DLM -> isDivisorLatched() ? divisor >> Byte.SIZE : ier;
            case IIR_FCR -> identifyInterrupt();
            case LCR -> lcr;
            case MCR -> mcr;
            case LSR -> readLineStatus();
            case MSR -> readModemStatus();
            default -> scr;
        };
    }

    private boolean isDivisorLatched() {
        return (lcr & LCR_DLAB) != 0;
    }

    private int identifyInterrupt() {
        int identity = interrupt();
        if (identity == IIR_EMPTY) {
            transmitterEmptied = false;
        }
        return identity | ((fcr & FCR_ENABLE) != 0 ? IIR_FIFOS : 0);
    }

    private int readLineStatus() {
        int status = (receiver.count() > 0 ? LSR_READY : 0)
                | (overrun ? LSR_OVERRUN : 0)
                | (isTransmitterEmpty() ? LSR_EMPTY | LSR_IDLE : 0);
        overrun = false;
        return status;
    }

    private boolean isTransmitterEmpty() {
        return (mcr & MCR_LOOP) != 0 || line.isClear();
    }

    private int readModemStatus() {
        int status = (inputs() << MSR_INPUTS_SHIFT) | modemChanges;
        modemChanges = 0;
        return status;
    }

    private int inputs() {
        return (mcr & MCR_LOOP) != 0 ? loopedInputs(mcr) : TERMINAL_READY;
    }

    /** The guest writes a register; of the value only the low byte counts. */
    void write(int register, int value) {
        int octet = value & 0xff;
        switch (register) {
            case RBR_THR_DLL -> writeFirst(octet);
            case IER_DLM -> writeSecond(octet);
            case IIR_FCR -> controlFifos(octet);
            case LCR -> lcr = octet;
            case MCR -> controlModem(octet);
            case LSR, MSR -> {
                // Read-only, but for the chip's factory test.
            }
            default -> scr = octet;
        }
    }

    private void writeFirst(int value) {
        if (isDivisorLatched()) {
            divisor = (divisor & 0xff00) | value;
        } else {
            transmit((byte) value);
        }
    }

    private void transmit(byte value) {
        if ((mcr & MCR_LOOP) != 0) {
            receive(value);
        } else {
            line.send(value);
        }
        transmitterEmptied = (ier & IER_EMPTY) != 0 && isTransmitterEmpty();
    }

    private void writeSecond(int value) {
        if (isDivisorLatched()) {
            divisor = (divisor & 0xff) | (value << Byte.SIZE);
            return;
        }
        boolean wasEnabled = (ier & IER_EMPTY) != 0;
        ier = value & IER_MASK;
        boolean isEnabled = (ier & IER_EMPTY) != 0;
        if (isEnabled != wasEnabled) {
            // Drivers start to send by enabling this: it has to interrupt at once if there is nothing to wait for.
            transmitterEmptied = isEnabled && isTransmitterEmpty();
        }
    }

    private void controlFifos(int value) {
        boolean toggled = ((value ^ fcr) & FCR_ENABLE) != 0;
        fcr = (value & FCR_ENABLE) != 0 ? value & FCR_KEPT : 0;
        boolean cleared = (fcr & FCR_ENABLE) != 0 && (value & FCR_CLEAR_RECEIVER) != 0;
        if (toggled || cleared) {
            receiver.clear();
        }
    }

    private void controlModem(int value) {
        int before = inputs();
        mcr = value & MCR_MASK;
        int after = inputs();
        // Of the ring indicator only the falling edge counts.
        modemChanges |= ((before ^ after) & ~INPUT_RI) | (before & ~after & INPUT_RI);
    }
}
