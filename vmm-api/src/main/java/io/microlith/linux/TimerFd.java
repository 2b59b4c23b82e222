// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A timer on the monotonic clock that is waited for as a descriptor; see timerfd_create(2). Any thread may use it. */
public final class TimerFd implements Pollable, AutoCloseable {
    private static final int CLOCK_MONOTONIC = 1;
    private static final int TFD_CLOEXEC = 0x80000;
    private static final int TFD_NONBLOCK = 0x800;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long ITIMERSPEC_SIZE = 32;

    private static final MemorySegment CREATE = Libc.function("timerfd_create");
    private static final MemorySegment SETTIME = Libc.function("timerfd_settime");
    private static final MemorySegment READ = Libc.function("read");

    private final Fd fd;

    private TimerFd(Fd fd) {
        this.fd = fd;
    }

    /** Makes a timer that is not armed. */
    public static TimerFd create() {
        int result = Libc.call(CREATE, CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK, 0);
        return new TimerFd(Fd.own((int) SystemCallException.check(result, "timerfd_create", "")));
    }

    @Override
    public int fd() {
        return fd.fd();
    }

    /**
     * Arms the timer, replacing what it was armed with.
     *
     * @param delayNanos time to the first expiry; at least 1
     * @param periodNanos time between later expiries, or 0 for a single one
     */
    public void arm(long delayNanos, long periodNanos) {
        if (delayNanos <= 0 || periodNanos < 0) {
            throw new IllegalArgumentException("delayNanos=" + delayNanos + " periodNanos=" + periodNanos);
        }
        set(delayNanos, periodNanos);
    }

    /** Stops the timer. An expiry that was not drained yet is forgotten. */
    public void disarm() {
        set(0, 0);
    }

    /** Forgets the expiries so far. Returns how many there were. */
    public long drain() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment expiries = arena.allocate(JAVA_LONG);
            int result = fd.call(READ, expiries.address(), JAVA_LONG.byteSize());
            return result < 0 ? 0 : expiries.get(JAVA_LONG, 0);
        }
    }

    private void set(long delayNanos, long periodNanos) {
        try (Arena arena = Arena.ofConfined()) {
            // struct itimerspec: it_interval then it_value, each seconds and nanoseconds.
            MemorySegment spec = arena.allocate(ITIMERSPEC_SIZE, JAVA_LONG.byteAlignment());
            spec.setAtIndex(JAVA_LONG, 0, periodNanos / NANOS_PER_SECOND);
            spec.setAtIndex(JAVA_LONG, 1, periodNanos % NANOS_PER_SECOND);
            spec.setAtIndex(JAVA_LONG, 2, delayNanos / NANOS_PER_SECOND);
            spec.setAtIndex(JAVA_LONG, 3, delayNanos % NANOS_PER_SECOND);
            int result = fd.call(SETTIME, 0, spec.address(), 0);
            SystemCallException.check(result, "timerfd_settime", () -> "delayNanos=" + delayNanos);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
