// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import io.microlith.linux.Epoll;
import io.microlith.linux.Pollable;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** An event loop on epoll. Tokens are never used twice, so an event of a closed registration finds nobody. */
final class EpollEventLoop implements EventLoop {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long WAKEUP = 0;

    private final Epoll epoll = Epoll.create();
    private final Notifier wakeup = Notifier.create();
    private final Map<Long, Runnable> handlers = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextToken = new AtomicLong(WAKEUP + 1);

    EpollEventLoop() {
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
        long token = nextToken.getAndIncrement();
        handlers.put(token, handler);
        try {
            epoll.add(source, token);
        } catch (RuntimeException e) {
            handlers.remove(token);
            throw e;
        }
        return () -> {
            if (handlers.remove(token) != null) {
                epoll.remove(source);
            }
        };
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wakeup.signal();
    }

    @Override
    public int poll(long timeoutNanos) {
        int ready = epoll.await(millis(timeoutNanos));
        int ran = runTasks();
        for (int i = 0; i < ready; i++) {
            long token = epoll.token(i);
            if (token == WAKEUP) {
                var _ = wakeup.drain();
                ran += runTasks();
                continue;
            }
            Runnable handler = handlers.get(token);
            if (handler != null) {
                handler.run();
                ran++;
            }
        }
        return ran;
    }

    private int runTasks() {
        int ran = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            ran++;
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
