// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Which pages are there. One that is there stays so: pages only come. Any thread, no lock. */
final class Residency {
    private final long pages;
    private final AtomicLongArray words;
    private final AtomicLong missing;

    Residency(long pages) {
        this.pages = pages;
        words = new AtomicLongArray(Math.toIntExact((pages + Long.SIZE - 1) / Long.SIZE));
        missing = new AtomicLong(pages);
    }

    boolean has(long page) {
        return (words.get((int) (page / Long.SIZE)) >>> page & 1) != 0;
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
            long before = words.getAndAccumulate(word, mask, (had, more) -> had | more);
            missing.addAndGet(-Long.bitCount(mask & ~before));
            page = next;
        }
    }

    /** Adds those that are there to a set. */
    void addTo(BitSet set) {
        for (long page = nextPresent(0, pages); page < pages; ) {
            long end = nextMissing(page, pages);
            set.set((int) page, (int) end);
            page = nextPresent(end, pages);
        }
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
            long rest = (words.get((int) (page / Long.SIZE)) ^ flip) >>> page;
            if (rest != 0) {
                return Math.min(end, page + Long.numberOfTrailingZeros(rest));
            }
            page = (page / Long.SIZE + 1) * Long.SIZE;
        }
        return end;
    }
}
