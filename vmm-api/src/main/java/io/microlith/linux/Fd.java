// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An owned file descriptor.
 *
 * <p>Any thread may use it. Closing is idempotent; after it, calls fail with {@code EBADF}. As with every descriptor,
 * the owner sees to it that no other thread is inside a call when it closes: the kernel may give the number to the next
 * file.
 */
public final class Fd implements Pollable, AutoCloseable {
    /** Open for reading. */
    public static final int O_RDONLY = 0;
    /** Open for reading and writing. */
    public static final int O_RDWR = 2;
    /** Reads and writes return instead of waiting. */
    public static final int O_NONBLOCK = 0x800;
    /** Close on {@code exec}; {@link #open} always adds it. */
    public static final int O_CLOEXEC = 0x80000;

    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of a descriptor the kernel returned. */
    public static Fd own(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    /**
     * Opens a file.
     *
     * @param flags {@code O_*} flags
     * @throws SystemCallException if the kernel refuses
     */
    public static Fd open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            int result = Libc.call(Libc.OPEN, name.address(), flags | O_CLOEXEC, 0);
            return new Fd((int) SystemCallException.check(result, "open", "path=" + path));
        }
    }

    @Override
    public int fd() {
        return number.get();
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return number.get() == CLOSED;
    }

    /**
     * Calls {@code ioctl} with an integer argument.
     *
     * @return zero or more, or a negative error number; never throws
     */
    public int ioctl(long request, long argument) {
        return Libc.call(Libc.IOCTL, number.get(), request, argument);
    }

    /**
     * Calls {@code ioctl} with a pointer argument.
     *
     * @param argument a native segment that holds what the request reads and writes
     * @return zero or more, or a negative error number; never throws
     */
    public int ioctl(long request, MemorySegment argument) {
        // NATIVE: the kernel reads and writes at most the size encoded in the request, during the call only.
        try {
            return Libc.call(Libc.IOCTL, number.get(), request, argument.address());
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    @Override
    public void close() {
        int fd = number.getAndSet(CLOSED);
        if (fd != CLOSED) {
            // The descriptor is gone whatever close returns (close(2)): there is nothing to retry or report.
            var _ = Libc.call(Libc.CLOSE, fd, 0, 0);
        }
    }

    @Override
    public String toString() {
        return "fd " + number.get();
    }
}
