// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A counter in the kernel that one side raises and the other waits for; see eventfd(2). Non-blocking.
 *
 * <p>Any thread may signal, drain and close. After closing, signals go nowhere and there is nothing to drain.
 */
public final class EventFd implements Pollable, AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;
    private static final long SIZE = 8;

    private static final MemorySegment EVENTFD = Libc.function("eventfd");
    private static final MemorySegment READ = Libc.function("read");
    private static final MemorySegment WRITE = Libc.function("write");
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

    /** What threads read the counter into; nobody looks at its value. */
    private static final MemorySegment SINK = Arena.global().allocate(SIZE, SIZE);

    private final Fd fd;

    private EventFd(Fd fd) {
        this.fd = fd;
    }

    /** Makes an event whose counter is zero. */
    public static EventFd create() {
        int result = Libc.call(EVENTFD, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0);
        return new EventFd(Fd.own((int) SystemCallException.check(result, "eventfd", "")));
    }

    @Override
    public int fd() {
        return fd.fd();
    }

    /** Raises the counter by one. Never blocks: a counter at its limit is already signalled. */
    public void signal() {
        var _ = fd.call(WRITE, ONE.address(), SIZE);
    }

    /** Sets the counter to zero. Returns whether it was above zero. */
    public boolean drain() {
        return fd.call(READ, SINK.address(), SIZE) == SIZE;
    }

    @Override
    public void close() {
        fd.close();
    }
}
