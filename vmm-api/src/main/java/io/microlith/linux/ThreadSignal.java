// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A signal that one thread keeps blocked, so that sending it gets the thread out of a system call which unblocks it,
 * and out of nothing else. No handler is installed and none runs, whatever the process has for that signal.
 *
 * <p>Made on the thread it is for, which must be a platform thread; the thread keeps the signal blocked until it ends,
 * since unblocking one that is pending may end the process. {@link #take} and {@link #maskWithout} are for that thread,
 * {@link #send} for any.
 */
public final class ThreadSignal {
    private static final int SIG_BLOCK = 0;

    /** sizeof(sigset_t) of glibc: 1024 bits. */
    private static final long SIGSET_SIZE = 128;

    private static final long TIMESPEC_SIZE = 16;

    private static final MemorySegment SIGMASK = Libc.function("pthread_sigmask");
    private static final MemorySegment SIGTIMEDWAIT = Libc.function("sigtimedwait");

    /** A timeout of zero. */
    private static final MemorySegment NO_WAIT = Arena.global().allocate(TIMESPEC_SIZE, JAVA_LONG.byteAlignment());

    private final int signal;
    private final int threadId = NativeThread.currentId();
    private final MemorySegment set;
    private final long maskBefore;

    private ThreadSignal(int signal) {
        this.signal = signal;
        set = Arena.ofAuto().allocate(SIGSET_SIZE, JAVA_LONG.byteAlignment());
        set.set(JAVA_LONG, 0, NativeThread.signalSet(signal));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment before = arena.allocate(SIGSET_SIZE, JAVA_LONG.byteAlignment());
            int error = Libc.call(SIGMASK, SIG_BLOCK, set.address(), before.address());
            // pthread functions return the error number itself.
            SystemCallException.check(-error, "pthread_sigmask", () -> "signal=" + signal);
            maskBefore = before.get(JAVA_LONG, 0);
        }
    }

    /**
     * Blocks a signal in the calling thread.
     *
     * @param signal a real-time signal, 34 to 64
     * @throws SystemCallException if the kernel refuses
     */
    public static ThreadSignal block(int signal) {
        return new ThreadSignal(signal);
    }

    /** The signals the thread has blocked but for this one, in the kernel's format: bit n - 1 is signal n. */
    public long maskWithout() {
        return maskBefore & ~NativeThread.signalSet(signal);
    }

    /**
     * Takes one pending signal off the thread. Does not wait.
     *
     * @return whether there was one
     */
    public boolean take() {
        return Libc.call(SIGTIMEDWAIT, set.address(), 0, NO_WAIT.address()) == signal;
    }

    /**
     * Sends the signal. The caller sees to it that the thread has not ended: the kernel may give its number to another
     * thread, which such a signal would end, and the process with it.
     *
     * @return whether the thread was there
     */
    public boolean send() {
        return NativeThread.signal(threadId, signal);
    }
}
