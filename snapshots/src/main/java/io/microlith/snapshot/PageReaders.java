// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.PageSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Reads pages with one thread, the caller's, or several. For one thread. */
final class PageReaders implements AutoCloseable {
    private final PageSource source;
    private final int window;
    private final @Nullable OrderedWork<MemorySegment> reading;

    PageReaders(PageSource source, int threads) {
        this.source = source;
        window = 4 * threads;
        reading = threads == 1 ? null : new OrderedWork<>("snapshot-reader", threads);
    }

    /** Reads some pages, now or before {@link #finish} returns. */
    void read(long offset, MemorySegment into) throws IOException {
        if (reading == null) {
            source.read(offset, into);
            return;
        }
        if (reading.pending() >= window) {
            var _ = reading.takeFirst();
        }
        reading.give(() -> {
            source.read(offset, into);
            return into;
        });
    }

    /** Waits for all. */
    void finish() throws IOException {
        while (reading != null && reading.pending() > 0) {
            var _ = reading.takeFirst();
        }
    }

    @Override
    public void close() {
        if (reading != null) {
            reading.close();
        }
    }
}
