// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A set of descriptors of which one waits for the first to become ready; see epoll(7). Level-triggered.
 *
 * <p>Adding and removing is for any thread; {@link #await} and the results are for one.
 */
public final class Epoll implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    private static final int EPOLL_CTL_MOD = 3;

    /** There is something to read, or the other end is gone. */
    public static final int EPOLLIN = 1;

    /** There is room to write, or the other end is gone. */
    public static final int EPOLLOUT = 4;

    /** struct epoll_event is packed on x86-64 alone (uapi/linux/eventpoll.h). */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final long EVENT_SIZE = PACKED ? 12 : 16;
    private static final long DATA_OFFSET = PACKED ? 4 : 8;

    private static final MemorySegment CREATE = Libc.function("epoll_create1");
    private static final MemorySegment CTL = Libc.function("epoll_ctl");
    private static final MemorySegment WAIT = Libc.function("epoll_wait");

    private static final int BATCH = 64;

    private final MemorySegment events = Arena.ofAuto().allocate(EVENT_SIZE * BATCH, 8);

    /** What {@code epoll_ctl} is told. Its lock is held from when it is filled to the end of the call. */
    private final MemorySegment request = Arena.ofAuto().allocate(EVENT_SIZE, 8);

    private final Fd fd;

    private Epoll(Fd fd) {
        this.fd = fd;
    }

    /** Makes an empty set. */
    public static Epoll create() {
        int result = Libc.call(CREATE, EPOLL_CLOEXEC, 0, 0);
        return new Epoll(Fd.own((int) SystemCallException.check(result, "epoll_create1", "")));
    }

    /**
     * Waits for a descriptor to become readable.
     *
     * @param token what {@link #token} gives back when it is
     * @throws SystemCallException if the kernel refuses: the descriptor is closed, or is in the set already
     */
    public void add(Pollable source, long token) {
        add(source, EPOLLIN, token);
    }

    /**
     * Waits for what {@code events} says: {@link #EPOLLIN}, {@link #EPOLLOUT} or both. That the other end is gone, or
     * failed, is always waited for.
     *
     * @param token what {@link #token} gives back
     * @throws SystemCallException if the kernel refuses: the descriptor is closed, or is in the set already
     */
    public void add(Pollable source, int events, long token) {
        control(EPOLL_CTL_ADD, "ADD", source, events, token);
    }

    /**
     * Waits for other events of a descriptor.
     *
     * @throws SystemCallException if it is not in the set
     */
    public void modify(Pollable source, int events, long token) {
        control(EPOLL_CTL_MOD, "MOD", source, events, token);
    }

    private void control(int operation, String name, Pollable source, int events, long token) {
        int result;
        synchronized (request) {
            request.set(JAVA_INT_UNALIGNED, 0, events);
            request.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, token);
            // NATIVE: the kernel reads the event, during the call only; this object keeps it until then.
            result = fd.call(CTL, operation, source.fd(), request.address());
        }
        if (result < 0) {
            throw new SystemCallException("epoll_ctl", -result, "op=" + name + " fd=" + source.fd());
        }
    }

    /** Stops waiting for a descriptor. One that is not in the set is no error. */
    public void remove(Pollable source) {
        var _ = fd.call(CTL, EPOLL_CTL_DEL, source.fd(), 0);
    }

    /**
     * Waits until a descriptor is ready or the time is over.
     *
     * @param timeoutMillis milliseconds; 0 does not wait, a negative number waits for ever
     * @return how many are ready, at most 64; 0 if the time was over or a signal came
     */
    public int await(int timeoutMillis) {
        // NATIVE: the kernel writes at most BATCH events, during the call only; this object keeps them until then.
        try {
            int ready = fd.call(WAIT, events.address(), BATCH, timeoutMillis);
            return ready == -Errno.EINTR ? 0 : (int) SystemCallException.check(ready, "epoll_wait", "");
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** The token of the {@code index}-th ready descriptor of the last {@link #await}. */
    public long token(int index) {
        return events.get(JAVA_LONG_UNALIGNED, index * EVENT_SIZE + DATA_OFFSET);
    }

    @Override
    public void close() {
        fd.close();
    }
}
