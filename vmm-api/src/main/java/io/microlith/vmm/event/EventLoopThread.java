// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import java.util.function.Consumer;

/** An event loop with a daemon thread of its own. A handler that throws ends the loop and is reported. */
public final class EventLoopThread implements AutoCloseable {
    private final EventLoop loop = EventLoop.create();
    private final Thread thread;
    private volatile boolean running = true;

    /**
     * Starts a loop.
     *
     * @param name the thread's name
     * @param onFailure told what a handler threw, on the loop's thread, which then ends
     */
    public EventLoopThread(String name, Consumer<RuntimeException> onFailure) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(onFailure));
        thread.start();
    }

    /** The loop. */
    public EventLoop loop() {
        return loop;
    }

    private void run(Consumer<RuntimeException> onFailure) {
        try {
            while (running) {
                var _ = loop.poll(-1);
            }
        } catch (RuntimeException e) {
            onFailure.accept(e);
        }
    }

    /**
     * Ends the loop and waits for its thread, then gives the descriptors back. From the loop's own thread it cannot
     * wait: {@link IllegalStateException}.
     */
    @Override
    public void close() {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("an event loop cannot wait for itself to end");
        }
        if (!running) {
            return;
        }
        running = false;
        loop.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        loop.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
