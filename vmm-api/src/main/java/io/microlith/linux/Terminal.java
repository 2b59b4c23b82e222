// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The terminal behind one of this process's standard descriptors; see termios(3). Any thread may use it.
 *
 * <p>A terminal outlives the process: who puts it into another mode has to put it back, whatever ends the process. See
 * {@link #enterRawMode}.
 */
public final class Terminal {
    /** The descriptor of standard input. */
    public static final int STDIN = 0;

    /** The descriptor of standard output. */
    public static final int STDOUT = 1;

    /** The descriptor of standard error. */
    public static final int STDERR = 2;

    /** Room for glibc's struct termios, which has 60 bytes, and musl's, which has as many. */
    private static final long TERMIOS_SIZE = 64;

    /** c_oflag, the second word of struct termios. */
    private static final long OUTPUT_FLAGS = 4;

    /** Changes take effect once what was written is out, and drop nothing that was typed. */
    private static final int TCSADRAIN = 1;

    /** asm-generic/ioctls.h. */
    private static final long TIOCGWINSZ = 0x5413;

    private static final long WINSIZE_SIZE = 8;

    private static final MemorySegment ISATTY = Libc.function("isatty");
    private static final MemorySegment GET_ATTRIBUTES = Libc.function("tcgetattr");
    private static final MemorySegment SET_ATTRIBUTES = Libc.function("tcsetattr");
    private static final MemorySegment MAKE_RAW = Libc.function("cfmakeraw");

    private final int fd;

    private Terminal(int fd) {
        this.fd = fd;
    }

    /**
     * The terminal behind a descriptor, or empty if there is none: a pipe, a file, or nothing at all.
     *
     * @param fd an open descriptor, such as {@link #STDIN}; it stays the caller's
     */
    public static Optional<Terminal> at(int fd) {
        return Libc.call(ISATTY, fd, 0, 0) == 1 ? Optional.of(new Terminal(fd)) : Optional.empty();
    }

    /**
     * How many columns and rows the terminal has now.
     *
     * @return empty if it does not say
     */
    public Optional<WindowSize> size() {
        try (Arena arena = Arena.ofConfined()) {
            // struct winsize: rows, columns, and the same in pixels, all unsigned short.
            MemorySegment size = arena.allocate(WINSIZE_SIZE, JAVA_SHORT.byteAlignment());
            int result = Libc.call(Libc.IOCTL, fd, TIOCGWINSZ, size.address());
            int rows = Short.toUnsignedInt(size.get(JAVA_SHORT, 0));
            int columns = Short.toUnsignedInt(size.get(JAVA_SHORT, JAVA_SHORT.byteSize()));
            return result < 0 || rows == 0 || columns == 0
                    ? Optional.empty()
                    : Optional.of(new WindowSize(columns, rows));
        }
    }

    /**
     * Puts the terminal's keyboard into raw mode: what is typed arrives at once, unechoed and unchanged, and Ctrl-C is
     * a character like any other. What is written is treated as before, so that a line of another program still begins
     * at the left.
     *
     * @return what puts the terminal back as it was; closing it twice is once, from any thread, so that a shutdown hook
     *     can do it as well
     * @throws SystemCallException if the kernel refuses
     */
    public RawMode enterRawMode() {
        MemorySegment before = Arena.ofAuto().allocate(TERMIOS_SIZE, JAVA_LONG.byteAlignment());
        SystemCallException.check(Libc.call(GET_ATTRIBUTES, fd, before.address(), 0), "tcgetattr", () -> "fd=" + fd);
        RawMode mode = new RawMode(fd, before);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment raw = arena.allocate(TERMIOS_SIZE, JAVA_LONG.byteAlignment());
            raw.copyFrom(before);
            // Returns nothing.
            var _ = Libc.call(MAKE_RAW, raw.address(), 0, 0);
            raw.set(JAVA_INT, OUTPUT_FLAGS, before.get(JAVA_INT, OUTPUT_FLAGS));
            SystemCallException.check(setAttributes(fd, raw), "tcsetattr", () -> "fd=" + fd);
        }
        return mode;
    }

    private static int setAttributes(int fd, MemorySegment attributes) {
        return Libc.call(SET_ATTRIBUTES, fd, TCSADRAIN, attributes.address());
    }

    /**
     * The size of a terminal's window.
     *
     * @param columns the characters in a row
     * @param rows the rows
     */
    public record WindowSize(int columns, int rows) {}

    /** A terminal in raw mode, until it is closed. */
    public static final class RawMode implements AutoCloseable {
        private final int fd;
        private final MemorySegment before;
        private final AtomicBoolean open = new AtomicBoolean(true);

        private RawMode(int fd, MemorySegment before) {
            this.fd = fd;
            this.before = before;
        }

        /** Puts the terminal back as it was. Best effort: a terminal that was closed has no mode to put back. */
        @Override
        public void close() {
            if (open.getAndSet(false)) {
                var _ = setAttributes(fd, before);
            }
        }
    }
}
