// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.Epoll;
import io.microlith.linux.Pollable;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop on epoll. */
final class EpollEventLoop implements EventLoop {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The token of {@link #wakeup}; {@link HandlerTable} gives out others. */
    private static final long WAKEUP = -1;

    /** Tasks of one poll, so that tasks which make tasks do not keep handlers from running. */
    private static final int TASKS_PER_POLL = 64;

    private final Notifier wakeup = Notifier.create();
    private final Epoll epoll;
    private final HandlerTable handlers = new HandlerTable();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    EpollEventLoop() {
        try {
            epoll = Epoll.create();
        } catch (RuntimeException e) {
            wakeup.close();
            throw e;
        }
        epoll.add(wakeup, WAKEUP);
    }

    @Override
    public Registration onSignal(Notifier notifier, Runnable handler) {
        return onReadable(notifier, () -> {
            if (notifier.drain()) {
                handler.run();
            }
        });
    }

    @Override
    public Registration onReadable(Pollable source, Runnable handler) {
        return watch(source, Readiness.READABLE, handler);
    }

    @Override
    public Watch watch(Pollable source, Readiness what, Runnable handler) {
        return new EpollWatch(epoll, handlers, source, handler).begin(what);
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wakeup.signal();
    }

    @Override
    public int poll(long timeoutNanos) {
        int ready = epoll.await(millis(timeoutNanos));
        int ran = 0;
        for (int i = 0; i < ready; i++) {
            long token = epoll.token(i);
            ran += token == WAKEUP ? runTasks() : handlers.run(token);
        }
        return ran;
    }

    private int runTasks() {
        var _ = wakeup.drain();
        int ran = 0;
        try {
            while (ran < TASKS_PER_POLL) {
                Runnable task = tasks.poll();
                if (task == null) {
                    break;
                }
                ran++;
                task.run();
            }
        } finally {
            // Some are left if there are many, or if one threw.
            if (!tasks.isEmpty()) {
                wakeup.signal();
            }
        }
        return ran;
    }

    private static int millis(long nanos) {
        if (nanos < 0) {
            return -1;
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(nanos, NANOS_PER_MILLI));
    }

    @Override
    public void wakeup() {
        wakeup.signal();
    }

    @Override
    public void close() {
        epoll.close();
        wakeup.close();
    }
}
