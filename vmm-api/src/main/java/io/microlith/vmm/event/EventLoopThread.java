// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import java.util.function.Consumer;

/**
 * An event loop with a daemon thread of its own. A handler that throws ends the loop's thread and is reported: what it
 * left half done is not built upon.
 */
public final class EventLoopThread implements AutoCloseable {
    private final EventLoop loop;
    private final Thread thread;
    private final Consumer<Throwable> onFailure;
    private volatile boolean running = true;

    /**
     * Starts a loop.
     *
     * @param name the thread's name
     * @param onFailure told what a handler threw, on the loop's thread, which then ends; an {@link Error} is thrown on
     *     to the thread's uncaught exception handler after that
     */
    public EventLoopThread(String name, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        loop = EventLoop.create();
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                loop.close();
            }
        }
    }

    /** The loop. */
    public EventLoop loop() {
        return loop;
    }

    /** Whether the calling thread is the loop's. */
    public boolean isCurrentThread() {
        return Thread.currentThread().equals(thread);
    }

    private void run() {
        try {
            while (running) {
                var _ = loop.poll(-1);
            }
        } catch (RuntimeException e) {
            onFailure.accept(e);
        } catch (Error e) {
            onFailure.accept(e);
            throw e;
        }
    }

    /**
     * Ends the thread and waits for that: no handler runs any more. The loop can still be registered with.
     *
     * @throws IllegalStateException on the loop's own thread, which cannot wait for itself
     */
    public void stop() {
        if (isCurrentThread()) {
            throw new IllegalStateException("an event loop cannot wait for itself to end");
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
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the thread as {@link #stop} does and gives the loop's descriptors back. Closing twice is once. */
    @Override
    public void close() {
        stop();
        loop.close();
    }
}
