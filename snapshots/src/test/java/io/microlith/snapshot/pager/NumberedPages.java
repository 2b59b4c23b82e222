// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Pages of which each word is the page's number plus one; reading them can be made to wait, or to fail. */
final class NumberedPages implements PageSource {
    final AtomicInteger closed = new AtomicInteger();
    final Semaphore stall = new Semaphore(0);
    volatile boolean stalls;
    volatile boolean fails;
    volatile boolean dies;

    @Override
    public void read(long offset, MemorySegment into) throws IOException {
        if (stalls) {
            stall.acquireUninterruptibly();
        }
        if (dies) {
            throw new StackOverflowError("too deep");
        }
        if (fails) {
            throw new IOException("the medium is gone");
        }
        for (long at = 0; at < into.byteSize(); at += Long.BYTES) {
            into.set(JAVA_LONG_UNALIGNED, at, word((offset + at) / Pager.PAGE));
        }
    }

    static long word(long page) {
        return page + 1;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }
}
