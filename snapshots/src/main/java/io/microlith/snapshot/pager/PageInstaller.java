// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.linux.Errno;
import io.microlith.linux.UserFaultFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Puts pages into guest memory, for one thread at a time. Two may put the same page there: the first one wins, and both
 * had the same.
 */
final class PageInstaller {
    /** The most that is read at once. */
    private static final int CHUNK = 16;

    private final Residency residency;

    /** Pages that are being put there, or are there: whoever is about to write one of these finds it here. */
    private final Residency begun;

    private final BitSet data;
    private final PageSource source;
    private final PagerEvents events;
    private final UserFaultFd.Filler filler;
    private final MemorySegment buffer = Arena.ofAuto().allocate(CHUNK * Pager.PAGE, Pager.PAGE);

    /** When the reading, or telling, that is under way began; 0 while none is. */
    private volatile long since;

    PageInstaller(
            Residency residency,
            Residency begun,
            BitSet data,
            PageSource source,
            PagerEvents events,
            UserFaultFd.Filler filler) {
        this.residency = residency;
        this.begun = begun;
        this.data = data;
        this.source = source;
        this.events = events;
        this.filler = filler;
    }

    /** How long the source or who hears of it has let it wait, in nanoseconds; 0 if it does not wait. Any thread. */
    long waiting() {
        long begin = since;
        return begin == 0 ? 0 : System.nanoTime() - begin;
    }

    /**
     * Brings what is missing of some pages of a region.
     *
     * @throws IOException if they cannot be had
     */
    void bring(SavedRegion region, long begin, long end) throws IOException {
        long page = residency.nextMissing(begin, end);
        while (page < end) {
            long start = System.nanoTime();
            long most = Math.min(end, Math.min(page + CHUNK, region.extentEnd(page)));
            long next = alike(page, residency.nextPresent(page, most));
            put(region, page, next);
            tell(page, next - page, System.nanoTime() - start);
            page = residency.nextMissing(next, end);
        }
    }

    /** Who hears of it keeps guests waiting, too. */
    private void tell(long page, long count, long nanos) {
        since = Math.max(1, System.nanoTime());
        try {
            events.onMiss(page, count, nanos);
        } finally {
            since = 0;
        }
    }

    /** Brings a page that somebody waits for, if only because he had not yet seen that it is there. */
    void serve(SavedRegion region, long page) throws IOException {
        if (residency.has(page)) {
            put(region, page, page + 1);
        } else {
            bring(region, page, page + 1);
        }
    }

    /** Up to where pages are all data, or all zeros, as the first one is. */
    private long alike(long page, long end) {
        int other = data.get((int) page) ? data.nextClearBit((int) page) : data.nextSetBit((int) page);
        return other < 0 ? end : Math.min(end, other);
    }

    private void put(SavedRegion region, long page, long end) throws IOException {
        if (!data.get((int) page)) {
            zero(region, page, end);
            return;
        }
        MemorySegment pages = buffer.asSlice(0, (end - page) * Pager.PAGE);
        install(region, page, timed(() -> {
            source.read(page * Pager.PAGE, pages);
            return pages;
        }));
    }

    /** Reads something; {@link #waiting} says meanwhile how long that has taken. */
    <T> T timed(Pager.Reading<T> reading) throws IOException {
        since = Math.max(1, System.nanoTime());
        try {
            return reading.read();
        } finally {
            since = 0;
        }
    }

    /**
     * Puts pages there whose content is at hand.
     *
     * @throws IOException if the kernel refuses
     */
    void install(SavedRegion region, long page, MemorySegment pages) throws IOException {
        long size = pages.byteSize();
        begun.add(page, page + size / Pager.PAGE);
        long offset = region.offset(page);
        long done = 0;
        long most = size;
        while (done < size) {
            long length = Math.min(most, size - done);
            long result = filler.copy(region.segment(), offset + done, pages.asSlice(done, length));
            most = result == -Errno.ENOENT ? Pager.PAGE : most;
            done += progress(result, length);
        }
        residency.add(page, page + size / Pager.PAGE);
    }

    private void zero(SavedRegion region, long page, long end) throws IOException {
        long size = (end - page) * Pager.PAGE;
        begun.add(page, end);
        long offset = region.offset(page);
        long done = 0;
        long most = size;
        while (done < size) {
            long length = Math.min(most, size - done);
            long result = filler.zero(region.segment(), offset + done, length);
            most = result == -Errno.ENOENT ? Pager.PAGE : most;
            done += progress(result, length);
        }
        residency.add(page, end);
    }

    /** How far it has come: bytes that need no more care. */
    private static long progress(long result, long length) throws IOException {
        if (result > 0) {
            return result;
        }
        return switch ((int) -result) {
            case Errno.EEXIST -> Pager.PAGE;
            // One page: it is the kernel's to fill again. Of several that may be true of some: each is tried on its
            // own.
            case Errno.ENOENT -> length == Pager.PAGE ? length : 0;
            case Errno.EAGAIN -> 0;
            default -> throw new IOException("no page can be put there: " + Errno.describe((int) -result));
        };
    }
}
