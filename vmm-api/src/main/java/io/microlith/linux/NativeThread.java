// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The calling thread as the kernel knows it: its number, its signal mask. Platform threads only.
 *
 * <p>A thread that blocks a signal and is sent it keeps it pending until it unblocks it for the length of a call (as
 * {@code KVM_SET_SIGNAL_MASK} does for {@code KVM_RUN}) or takes it with {@link #takeSignal}: so a thread is got out of
 * a system call without any signal handler.
 */
public final class NativeThread {
    private static final int SIG_BLOCK = 0;

    /** sizeof(sigset_t) of glibc: 1024 bits. */
    private static final long SIGSET_SIZE = 128;

    private static final long TIMESPEC_SIZE = 16;

    private static final MemorySegment GETTID = Libc.function("gettid");
    private static final MemorySegment GETPID = Libc.function("getpid");
    private static final MemorySegment TGKILL = Libc.function("tgkill");
    private static final MemorySegment SIGMASK = Libc.function("pthread_sigmask");
    private static final MemorySegment SIGTIMEDWAIT = Libc.function("sigtimedwait");

    private NativeThread() {}

    /** The calling thread's number in the kernel. */
    public static int currentId() {
        return Libc.call(GETTID, 0, 0, 0);
    }

    /** A set of signals with one member, in the kernel's format: bit {@code signal - 1} of a 64-bit word. */
    public static long signalSet(int signal) {
        if (signal < 1 || signal > Long.SIZE) {
            throw new IllegalArgumentException("signal=" + signal);
        }
        return 1L << (signal - 1);
    }

    /** Blocks a signal in the calling thread, for good. */
    public static void blockSignal(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            int error = Libc.call(SIGMASK, SIG_BLOCK, sigset(arena, signal).address(), 0);
            // pthread functions return the error number itself.
            SystemCallException.check(-error, "pthread_sigmask", () -> "signal=" + signal);
        }
    }

    /**
     * Takes one pending, blocked signal off the calling thread.
     *
     * @return whether there was one
     */
    public static boolean takeSignal(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = sigset(arena, signal);
            MemorySegment noWait = arena.allocate(TIMESPEC_SIZE, JAVA_LONG.byteAlignment());
            return Libc.call(SIGTIMEDWAIT, set.address(), 0, noWait.address()) == signal;
        }
    }

    /**
     * Sends a signal to a thread of this process.
     *
     * @param threadId what {@link #currentId} gave in that thread
     * @return whether the thread was there
     */
    public static boolean signal(int threadId, int signal) {
        return Libc.call(TGKILL, Libc.call(GETPID, 0, 0, 0), threadId, signal) == 0;
    }

    private static MemorySegment sigset(Arena arena, int signal) {
        MemorySegment set = arena.allocate(SIGSET_SIZE, JAVA_LONG.byteAlignment());
        set.set(JAVA_LONG, 0, signalSet(signal));
        return set;
    }
}
