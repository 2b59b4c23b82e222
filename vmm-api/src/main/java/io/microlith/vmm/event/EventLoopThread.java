// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import java.util.function.Consumer;

/**
 * An event loop with a daemon thread of its own, which starts with the first handler or task: many a machine has none,
 * and a thread takes longer to start than most of a VM's other parts. A handler that throws ends the loop's thread and
 * is reported: what it left half done is not built upon.
 */
public final class EventLoopThread implements AutoCloseable {
    private final EventLoop loop = EventLoop.create();
    private final EventLoop onDemand = new OnDemandEventLoop(loop, this::start);
    private final Thread thread;
    private final Consumer<Throwable> onFailure;

    /** Changed under the lock on {@link #thread}, so that no thread is started once none is to run. */
    private volatile boolean running = true;

    /**
     * Makes a loop.
     *
     * @param name the thread's name
     * @param onFailure told what a handler threw, on the loop's thread, which then ends; an {@link Error} is thrown on
     *     to the thread's uncaught exception handler after that
     */
    public EventLoopThread(String name, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    /** The loop. */
    public EventLoop loop() {
        return onDemand;
    }

    private void start() {
        synchronized (thread) {
            if (running && thread.getState() == Thread.State.NEW) {
                thread.start();
            }
        }
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
        synchronized (thread) {
            running = false;
        }
        loop.wakeup();
        Uninterruptibly.run(thread::join);
    }

    /** Stops the thread as {@link #stop} does and gives the loop's descriptors back. Closing twice is once. */
    @Override
    public void close() {
        stop();
        loop.close();
    }
}
