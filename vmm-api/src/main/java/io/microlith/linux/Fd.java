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
 * <p>Any thread may use and close it. Closing is idempotent; after it, calls fail with {@code EBADF}. A call that is
 * under way when it is closed keeps the descriptor until it returns, so that none reaches the file to which the kernel
 * gives the number next. That holds for the methods here: who takes the bare number from {@link #fd} sees to it that
 * nobody closes meanwhile.
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

    /** Reads and writes go past the page cache, in multiples of a block; not every file system has it. */
    private static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

    /** In {@link #users}: closed, or to be closed by the last call under way. The other bits count those. */
    private static final int CLOSED = 1 << 31;

    private final int number;
    private final AtomicInteger users = new AtomicInteger();

    private Fd(int number) {
        this.number = number;
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
            MemorySegment name = Libc.string(arena, path.toString());
            int result = Libc.call(Libc.OPEN, name.address(), flags | O_CLOEXEC, 0);
            return new Fd((int) SystemCallException.check(result, "open", "path=" + path));
        }
    }

    /**
     * Opens a file for reading past the page cache, where the file system can: for what is read once. Places, lengths
     * and addresses are multiples of 4096 then.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public static Fd openUncached(Path path) {
        try {
            return open(path, O_RDONLY | O_DIRECT);
        } catch (SystemCallException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            // A file system in memory has nothing to go past, and says so.
            return open(path, O_RDONLY);
        }
    }

    /** The number, or -1 once it is closed. */
    @Override
    public int fd() {
        return isClosed() ? -1 : number;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return users.get() < 0;
    }

    /**
     * Calls {@code ioctl} with an integer argument.
     *
     * @return zero or more, or a negative error number
     */
    public int ioctl(long request, long argument) {
        return call(Libc.IOCTL, request, argument);
    }

    /**
     * Calls {@code ioctl} with a pointer argument.
     *
     * @param argument a native segment that holds what the request reads and writes
     * @return zero or more, or a negative error number
     */
    public int ioctl(long request, MemorySegment argument) {
        // NATIVE: the kernel reads and writes at most the size encoded in the request, during the call only.
        try {
            return call(Libc.IOCTL, request, argument.address());
        } finally {
            Reference.reachabilityFence(argument);
        }
    }

    /** Calls a function with the descriptor as its first argument. Returns as {@link Libc#call} does. */
    int call(MemorySegment function, long b, long c) {
        return call(function, b, c, 0);
    }

    /** The same for a function of four arguments. */
    int call(MemorySegment function, long b, long c, long d) {
        if (!enter()) {
            return -Errno.EBADF;
        }
        try {
            return Libc.call(function, number, b, c, d, 0, 0);
        } finally {
            leave();
        }
    }

    private boolean enter() {
        int before = users.get();
        while (before >= 0) {
            if (users.compareAndSet(before, before + 1)) {
                return true;
            }
            before = users.get();
        }
        return false;
    }

    private void leave() {
        if (users.decrementAndGet() == CLOSED) {
            giveBack();
        }
    }

    @Override
    public void close() {
        int before;
        do {
            before = users.get();
        } while (!users.compareAndSet(before, before | CLOSED));
        if (before == 0) {
            giveBack();
        }
    }

    private void giveBack() {
        // The descriptor is gone whatever close returns (close(2)): there is nothing to retry or report.
        var _ = Libc.call(Libc.CLOSE, number, 0, 0);
    }

    @Override
    public String toString() {
        return "fd " + number + (isClosed() ? " (closed)" : "");
    }
}
