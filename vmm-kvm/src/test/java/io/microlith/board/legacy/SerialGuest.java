// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.RecordingInterruptLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A driver for a 16550A that does to the chip what Linux's does (drivers/tty/serial/8250): finds out which chip it is,
 * sends by interrupt or by asking, and reads by interrupt.
 */
final class SerialGuest {
    static final int BASE = 0x3f8;

    /** How often Linux looks for more before it leaves its handler and, in some versions, complains. */
    static final int PASS_LIMIT = 512;

    private static final int FIFO = 16;

    private final FakeDeviceContext machine;
    private final RecordingInterruptLine interrupt;
    private final Deque<Integer> toSend = new ArrayDeque<>();
    private final StringBuilder received = new StringBuilder();
    private int enabled;
    private int seenTriggers;

    SerialGuest(FakeDeviceContext machine) {
        this.machine = machine;
        interrupt = machine.line(4);
        seenTriggers = interrupt.triggers();
    }

    int in(int register) {
        return machine.in(BASE + register);
    }

    void out(int register, int value) {
        machine.out(BASE + register, value);
    }

    /** What the chip seems to be, by the questions that tell chips apart. */
    String identify() {
        out(1, 0);
        int none = in(1);
        out(1, 0x0f);
        int all = in(1);
        out(1, 0);
        if (none != 0 || all != 0x0f) {
            return "nothing";
        }
        int mcr = in(4);
        out(4, 0x10 | 0x0a);
        int looped = in(6) & 0xf0;
        out(4, mcr);
        if (looped != 0x90) {
            return "no loopback";
        }
        out(3, 0xbf);
        out(2, 0);
        out(3, 0);
        out(2, 1);
        int fifos = in(2) >> 6;
        if (fifos != 3) {
            return "8250 to 16550, fifos=" + fifos;
        }
        out(3, 0x80);
        boolean enhanced = in(2) == 0;
        out(3, 0xbf);
        enhanced |= in(2) == 0;
        out(3, 0);
        out(2, 0x21);
        boolean deeper = in(2) >> 5 != 6;
        out(3, 0x80);
        out(2, 0x21);
        deeper |= in(2) >> 5 != 6;
        out(2, 1);
        out(3, 0);
        out(1, 0x40);
        boolean xscale = (in(1) & 0x40) != 0;
        out(1, 0);
        if (enhanced || deeper || xscale) {
            return "a successor";
        }
        return "16550A, fifo=" + fifoDepth();
    }

    /** Sends more than the receiver holds, with the output looped to the input, and counts what arrives. */
    private int fifoDepth() {
        int mcr = in(4);
        int lcr = in(3);
        out(2, 1 | 2 | 4);
        out(4, 0x10);
        for (int i = 0; i < 256; i++) {
            out(0, i);
        }
        int count = 0;
        while ((in(5) & 1) != 0 && count < 256) {
            in(0);
            count++;
        }
        out(2, 0);
        out(4, mcr);
        out(3, lcr);
        return count;
    }

    /** Whether enabling the transmitter's interrupt raises it, twice in a row. */
    boolean interruptsWhenEnabled() {
        out(1, 2);
        int first = in(2);
        out(1, 0);
        out(1, 2);
        int second = in(2);
        out(1, 0);
        return (first & 1) == 0 && (second & 1) == 0;
    }

    /** What happens when a program opens the port. */
    void open() {
        out(2, 1);
        out(2, 1 | 2 | 4);
        out(2, 0);
        in(5);
        in(0);
        in(2);
        in(6);
        out(3, 0x80);
        out(0, 1);
        out(1, 0);
        out(3, 0x03);
        out(4, 0x08);
        out(2, 0x81);
        enabled = 0x05;
        out(1, enabled);
        out(4, 0x0b);
        seenTriggers = interrupt.triggers();
    }

    /** Queues text to be sent by interrupt, which {@link #handleInterrupts} does. */
    void send(String text) {
        text.chars().forEach(toSend::add);
        if ((enabled & 2) == 0) {
            enabled |= 2;
            out(1, enabled);
        }
    }

    /** Writes text as the kernel does its messages: ask before each byte. */
    void print(String text) {
        for (byte character : text.getBytes(StandardCharsets.UTF_8)) {
            int patience = 10_000;
            while ((in(5) & 0x20) == 0 && patience > 0) {
                patience--;
            }
            out(0, character);
        }
    }

    /**
     * Runs the interrupt handler for every edge since the last time.
     *
     * @return the most passes one call of the handler made
     */
    int handleInterrupts() {
        int most = 0;
        while (interrupt.triggers() != seenTriggers) {
            seenTriggers = interrupt.triggers();
            most = Math.max(most, handleInterrupt());
        }
        return most;
    }

    private int handleInterrupt() {
        int passes = 0;
        while (passes < PASS_LIMIT && (in(2) & 1) == 0) {
            passes++;
            int status = in(5);
            int most = 256;
            while ((status & 1) != 0 && most > 0) {
                received.append((char) in(0));
                most--;
                status = in(5);
            }
            in(6);
            if ((status & 0x20) != 0) {
                transmit();
            }
        }
        return passes;
    }

    private void transmit() {
        for (int i = 0; i < FIFO && !toSend.isEmpty(); i++) {
            out(0, toSend.remove());
        }
        if (toSend.isEmpty() && (enabled & 2) != 0) {
            enabled &= ~2;
            out(1, enabled);
        }
    }

    /** Whether all that was queued is with the chip. */
    boolean isIdle() {
        return toSend.isEmpty();
    }

    /** What was read so far. */
    String received() {
        return received.toString();
    }
}
