// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Work that a few threads do, whose results are taken in the order in which it was given. For one thread.
 *
 * @param <T> what a piece of it results in
 */
final class OrderedWork<T> implements AutoCloseable {
    private static final int MOST_THREADS = 8;

    private final ExecutorService threads;
    private final Queue<Future<T>> pieces = new ArrayDeque<>();

    /**
     * Starts threads when they are needed.
     *
     * @param name what they are called
     */
    OrderedWork(String name, int threads) {
        this.threads = Executors.newFixedThreadPool(
                threads, task -> Thread.ofPlatform().daemon().name(name).unstarted(task));
    }

    /** As many threads as a host has processors, within reason. */
    static int usualThreads() {
        return Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    }

    void give(Callable<T> piece) {
        pieces.add(threads.submit(piece));
    }

    /** How many pieces were given, and not taken. */
    int pending() {
        return pieces.size();
    }

    /**
     * Takes the result of the first one that was not taken, and waits for it.
     *
     * @throws IOException if it failed, with its message
     */
    T takeFirst() throws IOException {
        try {
            return pieces.remove().get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends it: when this returns, no thread works any more. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
