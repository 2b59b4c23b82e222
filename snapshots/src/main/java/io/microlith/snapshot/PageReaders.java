// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.PageSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Reads pages with one thread, the caller's, or several. For one thread. */
final class PageReaders implements AutoCloseable {
    private static final int MOST = 8;

    private final PageSource source;
    private final int window;
    private final Queue<Future<@Nullable Void>> reading = new ArrayDeque<>();
    private final @Nullable ExecutorService threads;

    PageReaders(PageSource source, int count) {
        this.source = source;
        window = 4 * count;
        threads = count == 1
                ? null
                : Executors.newFixedThreadPool(
                        count,
                        task -> Thread.ofPlatform()
                                .daemon()
                                .name("snapshot-reader")
                                .unstarted(task));
    }

    /** As many as a host has processors, within reason. */
    static int usualCount() {
        return Math.min(MOST, Runtime.getRuntime().availableProcessors());
    }

    /** Reads some pages, now or before {@link #finish} returns. */
    void read(long offset, MemorySegment into) throws IOException {
        if (threads == null) {
            source.read(offset, into);
            return;
        }
        if (reading.size() >= window) {
            awaitFirst();
        }
        reading.add(threads.submit(() -> {
            source.read(offset, into);
            return null;
        }));
    }

    /** Waits for all. */
    void finish() throws IOException {
        while (!reading.isEmpty()) {
            awaitFirst();
        }
    }

    private void awaitFirst() throws IOException {
        try {
            reading.remove().get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
            threads.close();
        }
    }
}
