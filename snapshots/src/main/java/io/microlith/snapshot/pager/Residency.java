// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/** Which pages are there. One that is there stays so: pages only come. Any thread, no lock. */
final class Residency {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long pages;
    private final long[] words;
    private final AtomicLong missing;

    Residency(long pages) {
        this.pages = pages;
        words = new long[Math.toIntExact((pages + Long.SIZE - 1) / Long.SIZE)];
        missing = new AtomicLong(pages);
    }

    /**
     * Whether one is there, as far as it is known here: another thread may just have put it there. Cheap for the
     * interpreter as well.
     */
    boolean has(long page) {
        boolean there = (words[(int) (page / Long.SIZE)] >>> page & 1) != 0;
        // Before whatever is done with the page.
        VarHandle.acquireFence();
        return there;
    }

    /** How many are there. */
    long present() {
        return pages - missing.get();
    }

    /** How many are not there yet. */
    long missing() {
        return missing.get();
    }

    /** Pages have come: those from one up to another. */
    void add(long begin, long end) {
        for (long page = begin; page < end; ) {
            int word = (int) (page / Long.SIZE);
            long next = Math.min(end, (word + 1L) * Long.SIZE);
            long mask = -1L >>> Long.SIZE - (next - page) << page;
            long before = (long) WORDS.getAndBitwiseOr(words, word, mask);
            missing.addAndGet(-Long.bitCount(mask & ~before));
            page = next;
        }
    }

    /** Takes pages in a row: those from one up to another. */
    @FunctionalInterface
    interface Visitor {
        void visit(long begin, long end);
    }

    /** Visits those from one up to another that are there. */
    void visitPresent(long from, long to, Visitor visitor) {
        for (long page = nextPresent(from, to); page < to; ) {
            long end = nextMissing(page, to);
            visitor.visit(page, end);
            page = nextPresent(end, to);
        }
    }

    /** Adds those that are there to a set. */
    void addTo(BitSet set) {
        visitPresent(0, pages, (begin, end) -> set.set((int) begin, (int) end));
    }

    /** The first page from one on that is not there; {@code end} if all up to that are. */
    long nextMissing(long begin, long end) {
        return next(begin, end, -1L);
    }

    /** The first page from one on that is there; {@code end} if none up to that is. */
    long nextPresent(long begin, long end) {
        return next(begin, end, 0);
    }

    private long next(long begin, long end, long flip) {
        long page = begin;
        while (page < Math.min(end, pages)) {
            long rest = ((long) WORDS.getVolatile(words, (int) (page / Long.SIZE)) ^ flip) >>> page;
            if (rest != 0) {
                return Math.min(end, page + Long.numberOfTrailingZeros(rest));
            }
            page = (page / Long.SIZE + 1) * Long.SIZE;
        }
        return end;
    }
}
