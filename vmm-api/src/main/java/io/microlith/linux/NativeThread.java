// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The calling thread as the kernel knows it: its number, its signal mask, its processors. Platform threads only.
 *
 * <p>A thread that blocks a signal and is sent it keeps it pending until it unblocks it for the length of a call (as
 * {@code KVM_SET_SIGNAL_MASK} does for {@code KVM_RUN}) or takes it with {@link #takeSignal}: so a thread is got out of
 * a system call without any signal handler.
 */
public final class NativeThread {
    private static final int SIG_BLOCK = 0;

    /** sizeof(sigset_t) of glibc: 1024 bits. */
    private static final long SIGSET_SIZE = 128;

    private static final long CPU_SET_SIZE = 128;
    private static final long TIMESPEC_SIZE = 16;

    private static final MemorySegment GETTID = Libc.function("gettid");
    private static final MemorySegment GETPID = Libc.function("getpid");
    private static final MemorySegment TGKILL = Libc.function("tgkill");
    private static final MemorySegment SIGMASK = Libc.function("pthread_sigmask");
    private static final MemorySegment SIGTIMEDWAIT = Libc.function("sigtimedwait");
    private static final MemorySegment GETAFFINITY = Libc.function("sched_getaffinity");
    private static final MemorySegment SETAFFINITY = Libc.function("sched_setaffinity");

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
            SystemCallException.check(-error, "pthread_sigmask", "signal=" + signal);
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

    /**
     * Ties the calling thread to one processor.
     *
     * @throws SystemCallException if the host has no such processor or the process may not use it
     */
    public static void pin(int processor) {
        try (Arena arena = Arena.ofConfined()) {
            int result = setAffinity(oneProcessor(arena, processor));
            SystemCallException.check(result, "sched_setaffinity", "processor=" + processor);
        }
    }

    /** Whether {@link #pin} would work. Leaves the calling thread's processors as they were. */
    public static boolean canPin(int processor) {
        if (processor < 0 || processor >= CPU_SET_SIZE * Byte.SIZE) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment before = arena.allocate(CPU_SET_SIZE, JAVA_LONG.byteAlignment());
            int result = Libc.call(GETAFFINITY, 0, CPU_SET_SIZE, before.address());
            if (result >= 0 && has(before, processor)) {
                // To try would move the thread to that processor and back.
                return true;
            }
            if (result < 0 || setAffinity(oneProcessor(arena, processor)) < 0) {
                return false;
            }
            SystemCallException.check(setAffinity(before), "sched_setaffinity", "the thread's own processors");
            return true;
        }
    }

    private static boolean has(MemorySegment set, int processor) {
        return (set.getAtIndex(JAVA_LONG, processor / Long.SIZE) >>> (processor % Long.SIZE) & 1) != 0;
    }

    private static MemorySegment oneProcessor(Arena arena, int processor) {
        if (processor < 0 || processor >= CPU_SET_SIZE * Byte.SIZE) {
            throw new IllegalArgumentException("processor=" + processor);
        }
        MemorySegment set = arena.allocate(CPU_SET_SIZE, JAVA_LONG.byteAlignment());
        set.setAtIndex(JAVA_LONG, processor / Long.SIZE, 1L << (processor % Long.SIZE));
        return set;
    }

    private static int setAffinity(MemorySegment set) {
        return Libc.call(SETAFFINITY, 0, CPU_SET_SIZE, set.address());
    }

    private static MemorySegment sigset(Arena arena, int signal) {
        MemorySegment set = arena.allocate(SIGSET_SIZE, JAVA_LONG.byteAlignment());
        set.set(JAVA_LONG, 0, signalSet(signal));
        return set;
    }
}
