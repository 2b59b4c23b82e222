// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A pseudo-terminal, seen from its slave's side. */
class TerminalTest {
    private static final int O_NOCTTY = 0x100;

    // asm-generic/ioctls.h
    private static final long TCGETS = 0x5401;
    private static final long TIOCSWINSZ = 0x5414;
    private static final long TIOCSPTLCK = 0x4004_5431L;
    private static final long TIOCGPTPEER = 0x5441;

    // asm-generic/termbits.h: c_lflag is the fourth word.
    private static final long LOCAL_FLAGS = 12;
    private static final int ISIG = 1;
    private static final int ICANON = 2;
    private static final int ECHO = 8;

    /** sizeof(struct termios) of the kernel. */
    private static final int KERNEL_TERMIOS = 36;

    @Test
    void at_terminal_isOne() {
        try (Pty pty = new Pty()) {
            assertThat(Terminal.at(pty.slave.fd())).isPresent();
        }
    }

    @Test
    void at_file_isNone() {
        try (Fd file = Fd.open(Path.of("/dev/null"), Fd.O_RDWR)) {
            assertThat(Terminal.at(file.fd())).isEmpty();
        }
    }

    @Test
    void at_closedDescriptor_isNone() {
        assertThat(Terminal.at(-1)).isEmpty();
    }

    @Test
    void enterRawMode_always_switchesEchoLinesAndSignalsOff() {
        try (Pty pty = new Pty()) {
            assertThat(pty.localFlags() & (ISIG | ICANON | ECHO)).isEqualTo(ISIG | ICANON | ECHO);

            Terminal.RawMode raw = pty.terminal().enterRawMode();

            assertThat(pty.localFlags() & (ISIG | ICANON | ECHO)).isZero();
            raw.close();
        }
    }

    @Test
    void close_rawMode_restoresEveryByte() {
        try (Pty pty = new Pty()) {
            byte[] before = pty.attributes();
            Terminal.RawMode raw = pty.terminal().enterRawMode();
            assertThat(pty.attributes()).isNotEqualTo(before);

            raw.close();

            assertThat(pty.attributes()).isEqualTo(before);
        }
    }

    @Test
    void close_twice_restoresOnce() {
        try (Pty pty = new Pty()) {
            byte[] cooked = pty.attributes();
            Terminal.RawMode first = pty.terminal().enterRawMode();
            first.close();
            Terminal.RawMode second = pty.terminal().enterRawMode();

            first.close();

            assertThat(pty.attributes()).isNotEqualTo(cooked);
            second.close();
        }
    }

    @Test
    void close_terminalGone_doesNotThrow() {
        Pty pty = new Pty();
        Terminal.RawMode raw = pty.terminal().enterRawMode();
        pty.close();

        raw.close();

        assertThat(pty.slave.isClosed()).isTrue();
    }

    @Test
    void size_windowSizeSet_isIt() {
        try (Pty pty = new Pty()) {
            pty.resize(132, 43);

            assertThat(pty.terminal().size()).contains(new Terminal.WindowSize(132, 43));
        }
    }

    @Test
    void size_neverSet_isUnknown() {
        try (Pty pty = new Pty()) {
            assertThat(pty.terminal().size()).isEmpty();
        }
    }

    /** A pseudo-terminal with both sides open. */
    private static final class Pty implements AutoCloseable {
        private final Fd master = Fd.open(Path.of("/dev/ptmx"), Fd.O_RDWR | O_NOCTTY);
        private final Fd slave;

        Pty() {
            try (Arena arena = Arena.ofConfined()) {
                assertThat(master.ioctl(TIOCSPTLCK, arena.allocate(JAVA_INT))).isZero();
            }
            slave = Fd.own(master.ioctl(TIOCGPTPEER, Fd.O_RDWR | O_NOCTTY));
        }

        Terminal terminal() {
            return Terminal.at(slave.fd()).orElseThrow();
        }

        byte[] attributes() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment termios = arena.allocate(KERNEL_TERMIOS, Integer.BYTES);
                assertThat(slave.ioctl(TCGETS, termios)).isZero();
                return termios.toArray(JAVA_BYTE);
            }
        }

        int localFlags() {
            return MemorySegment.ofArray(attributes()).get(JAVA_INT.withByteAlignment(1), LOCAL_FLAGS);
        }

        void resize(int columns, int rows) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment size = arena.allocate(4 * JAVA_SHORT.byteSize(), JAVA_SHORT.byteAlignment());
                size.setAtIndex(JAVA_SHORT, 0, (short) rows);
                size.setAtIndex(JAVA_SHORT, 1, (short) columns);
                assertThat(slave.ioctl(TIOCSWINSZ, size)).isZero();
            }
        }

        @Override
        public void close() {
            slave.close();
            master.close();
        }
    }
}
