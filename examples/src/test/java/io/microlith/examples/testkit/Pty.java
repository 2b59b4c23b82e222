// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A pseudo-terminal: the test types on it, and a program has it as its standard input. See pty(7). */
public final class Pty implements AutoCloseable {
    private static final int O_NOCTTY = 0x100;

    // asm-generic/ioctls.h
    private static final long TCGETS = 0x5401;
    private static final long TIOCGPTN = 0x8004_5430L;
    private static final long TIOCSPTLCK = 0x4004_5431L;
    private static final long TIOCGPTPEER = 0x5441;

    // asm-generic/termbits.h: sizeof(struct termios) of the kernel, and c_lflag in it.
    private static final int TERMIOS_SIZE = 36;
    private static final long LOCAL_FLAGS = 12;
    private static final int ISIG_ICANON_ECHO = 1 | 2 | 8;

    private final Fd master = Fd.open(Path.of("/dev/ptmx"), Fd.O_RDWR | O_NOCTTY);
    private final Fd slave;
    private final int number;

    /** Makes one in the kernel's default mode: cooked. */
    public Pty() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(JAVA_INT);
            check(master.ioctl(TIOCSPTLCK, word));
            check(master.ioctl(TIOCGPTN, word));
            number = word.get(JAVA_INT, 0);
        }
        // Held open, so that the mode outlives the program.
        slave = Fd.own(check(master.ioctl(TIOCGPTPEER, Fd.O_RDWR | O_NOCTTY)));
    }

    /** The terminal's file. */
    public Path path() {
        return Path.of("/dev/pts", Integer.toString(number));
    }

    /** Types a text. */
    public void type(String text) {
        byte[] keys = text.getBytes(StandardCharsets.US_ASCII);
        check(PosixIo.write(master, keys, 0, keys.length));
    }

    /** The terminal's mode, all of it. */
    public byte[] attributes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, Integer.BYTES);
            check(slave.ioctl(TCGETS, termios));
            return termios.toArray(JAVA_BYTE);
        }
    }

    /** Whether the terminal echoes, edits lines and makes signals of keys. */
    public boolean isCooked() {
        int flags = MemorySegment.ofArray(attributes()).get(JAVA_INT.withByteAlignment(1), LOCAL_FLAGS);
        return (flags & ISIG_ICANON_ECHO) == ISIG_ICANON_ECHO;
    }

    private static int check(int result) {
        if (result < 0) {
            throw new SystemCallException("pty", -result, "");
        }
        return result;
    }

    @Override
    public void close() {
        slave.close();
        master.close();
    }
}
