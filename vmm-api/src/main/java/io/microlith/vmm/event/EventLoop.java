// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.Pollable;

/**
 * A loop that runs handlers when descriptors become readable. One thread calls {@link #poll}, and all handlers run on
 * that thread, so what only handlers touch needs no lock.
 */
public interface EventLoop extends AutoCloseable {
    /** Makes a loop that nobody polls yet. */
    static EventLoop create() {
        return new EpollEventLoop();
    }

    /**
     * Runs a handler whenever a notifier was rung. The notifier is drained before. Any thread. One notifier has one
     * handler on a loop.
     *
     * @return to be closed before the notifier is. Closing it from the loop's thread ends the calls at once; from
     *     another, one call may still be running
     * @throws io.microlith.linux.SystemCallException if the notifier is closed, or is registered here already
     */
    Registration onSignal(Notifier notifier, Runnable handler);

    /**
     * Runs a handler for as long as a descriptor is readable: the handler reads it, or unregisters. Any thread.
     *
     * @return as for {@link #onSignal}
     */
    Registration onReadable(Pollable source, Runnable handler);

    /**
     * Runs a handler for as long as a descriptor is ready, or its other end is gone: the handler reads or writes it
     * without waiting, and finds out which, or says that it waits for something else. Any thread. A descriptor is
     * watched once on a loop.
     *
     * @param what what the handler waits for, at first
     * @return as for {@link #onSignal}
     */
    Watch watch(Pollable source, Readiness what, Runnable handler);

    /**
     * Runs a task once, on the loop's thread. Any thread; tasks run in the order they came. A task that comes after the
     * last {@link #poll} never runs.
     */
    void execute(Runnable task);

    /**
     * Waits for events and runs their handlers. What a handler throws comes out here; the events that were not looked
     * at yet are found by the next call.
     *
     * @param timeoutNanos how long to wait, rounded up to milliseconds; 0 does not wait, a negative number waits for
     *     ever
     * @return how many handlers and tasks ran
     */
    int poll(long timeoutNanos);

    /** Makes the current or next {@link #poll} return. Any thread. */
    void wakeup();

    /** Gives the loop's descriptors back. Nobody polls any more. What is registered stays the caller's. */
    @Override
    void close();
}
