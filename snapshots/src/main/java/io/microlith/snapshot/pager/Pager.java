// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.linux.SystemCallException;
import io.microlith.linux.UserFaultFd;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.PageNumbers;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the pages of one machine's memory when they are wanted.
 *
 * <p>Whoever touches a missing page in the kernel waits: a vCPU in KVM_RUN, a device in a system call. They are in no
 * Java code meanwhile, so garbage is collected and every thread here goes on; the pager's thread hears of the fault and
 * brings the page. Java code asks before it touches ({@link #require}), and waits for the pager's thread as Java code
 * waits for another: it never waits in a page fault, where the garbage collector would wait for it, and the pager's
 * thread for the garbage collector.
 *
 * <p>For that, a page that is there stays, as long as its absence would be a fault. Memory that the guest gives back is
 * taken out of the pager's care first ({@link #forgo}), by whole extents, so that a guest cannot cut its memory into
 * more mappings than a process may have.
 *
 * <p>If pages cannot be had, or the source keeps somebody waiting for longer than the pager's patience, or the pager's
 * thread dies, the VM is ended first, and then whoever waits is let go: a vCPU finds a page of zeros, but was told to
 * leave before, and runs no instruction with it. Waiting Java code gets a {@link PagerException}.
 */
public final class Pager implements AutoCloseable {
    /** The pages of guests and of saved memory. */
    static final long PAGE = 4096;

    /** What memory is taken out of the pager's care by. */
    static final long EXTENT = 2L << 20;

    /** A process may have some 65,000 mappings, and there are other machines. */
    private static final int MOST_CUTS = 1024;

    private final List<SavedRegion> regions = new ArrayList<>();
    private final PageNumbers numbers;
    private final PageSource source;
    private final PagerEvents events;
    private final Residency residency;

    /** Pages that are there, or are being put there: the guest may have written them. */
    private final Residency begun;

    private final UserFaultFd faults;
    private final FaultThread thread;

    /** What puts pages there before they are wanted. */
    private final PageInstaller ahead;

    /** Extents that are the kernel's again, by their number in all regions: each may be a mapping of this process. */
    private final Residency forgone;

    /** The reason if the thread dies of an error: made while there was memory. */
    private final PagerException death =
            new PagerException("memory of a machine that was restored cannot be had: the pager's thread died");

    /** Guarded by this. */
    private @Nullable PagerException failure;

    /** Guarded by this. */
    private Consumer<VmmException> whenFailed = _ -> {};

    /** Nothing is missing any more. */
    private volatile boolean complete;

    /** How long it took to bring what was to be there before anybody wants it; negative until it has. */
    private volatile long prefetchNanos = -1;

    /**
     * Reads something.
     *
     * @param <T> what was read
     */
    @FunctionalInterface
    public interface Reading<T> {
        /** Reads it. */
        T read() throws IOException;
    }

    /**
     * Takes memory into its care. Nothing may have touched it, but what {@link #present} tells of.
     *
     * @param memory anonymous memory, which outlives the pager
     * @param data the pages of the saved memory that are not all zeros
     * @param source where those come from; closed with the pager, or at once if this throws
     * @param patience how long somebody may wait for the source
     * @throws SystemCallException if the host has no userfaultfd for this process
     */
    public Pager(List<GuestRegion> memory, BitSet data, PageSource source, Duration patience, PagerEvents events) {
        numbers = PageNumbers.of(memory);
        for (int i = 0; i < memory.size(); i++) {
            regions.add(
                    new SavedRegion(memory.get(i), numbers.page(i, memory.get(i).gpa())));
        }
        this.source = source;
        this.events = events;
        residency = new Residency(numbers.count());
        begun = new Residency(numbers.count());
        forgone = new Residency(regions.stream().mapToLong(SavedRegion::extents).sum());
        boolean open = false;
        UserFaultFd uffd = null;
        try {
            uffd = UserFaultFd.open();
            faults = uffd;
            ahead = new PageInstaller(residency, begun, data, source, PagerEvents.NONE, faults.new Filler());
            thread = new FaultThread(
                    this,
                    faults,
                    new PageInstaller(residency, begun, data, source, events, faults.new Filler()),
                    ahead,
                    patience);
            open = true;
        } finally {
            if (!open) {
                if (uffd != null) {
                    uffd.close();
                }
                source.close();
            }
        }
    }

    /** Pages that were put there before {@link #start}, by another way: those from one up to another. */
    public void present(long begin, long end) {
        residency.add(begin, end);
    }

    /**
     * Has missing pages brought from now on.
     *
     * @throws SystemCallException if the kernel refuses
     */
    public void start() {
        regions.forEach(region -> faults.register(region.segment()));
        thread.start();
    }

    /** Says who hears that pages cannot be had: once, on any thread, and at once if it is so already. */
    public void onFailure(Consumer<VmmException> listener) {
        PagerException already;
        synchronized (this) {
            whenFailed = listener;
            already = failure;
        }
        if (already != null) {
            listener.accept(already);
        }
    }

    /** The pages that are there, or on their way: another than these is as it was saved. */
    public BitSet present() {
        BitSet present = new BitSet();
        // In this order: a page that comes meanwhile is in one of them.
        begun.addTo(present);
        residency.addTo(present);
        return present;
    }

    /** Where memory is that needs no pager any more, in ascending order of the regions. */
    public List<AddressRange> presentRanges() {
        List<AddressRange> ranges = new ArrayList<>();
        for (SavedRegion region : regions) {
            residency.visitPresent(
                    region.first(),
                    region.end(),
                    (begin, end) -> ranges.add(
                            new AddressRange(region.region().gpa() + region.offset(begin), (end - begin) * PAGE)));
        }
        return ranges;
    }

    /** How many pages are missing. */
    public long missing() {
        return residency.missing();
    }

    /** Whether nothing is missing any more, and touching memory costs what it always does. */
    public boolean isComplete() {
        return complete;
    }

    /**
     * Brings pages that Java code is about to touch. Any thread but the pager's.
     *
     * @param gpa an address; what is not memory is nobody's business here
     * @throws PagerException if they cannot be had; the machine ends
     */
    void require(long gpa, long length) {
        if (complete) {
            return;
        }
        int region = numbers.region(gpa, length);
        if (region >= 0) {
            long first = numbers.page(region, gpa);
            long last = numbers.page(region, gpa + length - 1);
            if (first != last || !residency.has(first)) {
                requirePages(regions.get(region), first, last + 1);
            }
        }
    }

    /** Asks for an extent at a time, so that a vCPU that waits is served in between. */
    private void requirePages(SavedRegion region, long begin, long end) {
        long page = residency.nextMissing(begin, end);
        while (page < end && !complete) {
            thread.bring(region, page, Math.min(end, page + EXTENT / PAGE));
            page = residency.nextMissing(page, end);
        }
    }

    /**
     * Reads what is to be put there before anybody wants it, under the patience that the source has: if that keeps it
     * waiting for longer, the machine ends, and the caller finds out when it comes back. One thread at a time, the one
     * that calls {@link #install} and {@link #bring}.
     *
     * @throws IOException as the reading does
     */
    public <T> T ahead(Reading<T> reading) throws IOException {
        return ahead.timed(reading);
    }

    /**
     * Puts pages there before anybody wants them, whose content is at hand. One thread at a time.
     *
     * @param page the number of the first one; all of them are in one region
     * @throws PagerException if the kernel refuses; the machine ends
     */
    public void install(long page, MemorySegment pages) {
        try {
            ahead.install(regionOf(page), page, pages);
            retireIfDone();
        } catch (IOException e) {
            throw fail(e);
        }
    }

    /** Brings pages before anybody wants them: those from one up to another, likewise. */
    public void bring(long begin, long end) {
        try {
            ahead.bring(regionOf(begin), begin, end);
            retireIfDone();
        } catch (IOException e) {
            throw fail(e);
        }
    }

    private void retireIfDone() {
        if (residency.missing() == 0) {
            thread.wake();
        }
    }

    /** Says what {@link #install} and {@link #bring} did all in all, and how long it took. */
    public void prefetched(long pages, long nanos) {
        prefetchNanos = nanos;
        events.onPrefetch(pages, nanos);
    }

    /** How long that took; nothing if it was not said. Any thread, also after this was closed. */
    public Optional<Duration> prefetchTime() {
        long nanos = prefetchNanos;
        return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    private SavedRegion regionOf(long page) {
        for (SavedRegion region : regions) {
            if (page >= region.first() && page < region.end()) {
                return region;
            }
        }
        throw new IllegalArgumentException("there is no page " + page);
    }

    /** The region with an address that the kernel told of; nothing if there is none. */
    @Nullable
    SavedRegion regionAt(long address) {
        for (SavedRegion region : regions) {
            if (region.offsetOf(address) >= 0) {
                return region;
            }
        }
        return null;
    }

    /**
     * Takes memory out of the pager's care that is about to be given back to the host. What is around it comes first,
     * as far as the ends of its extents.
     *
     * @param gpa a multiple of a page, as {@code length}
     */
    void forgo(long gpa, long length) {
        long number = 0;
        for (SavedRegion region : regions) {
            long begin = Math.max(0, gpa - region.region().gpa());
            long end = Math.min(
                    region.region().size(), gpa + length - region.region().gpa());
            for (long extent = begin & -EXTENT; begin < end && extent < end && !complete; extent += EXTENT) {
                if (!forgone.has(number + extent / EXTENT)) {
                    forgo(region, extent, Math.max(begin, extent), Math.min(end, extent + EXTENT));
                    forgone.add(number + extent / EXTENT, number + extent / EXTENT + 1);
                }
            }
            number += region.extents();
        }
    }

    private void forgo(SavedRegion region, long extent, long begin, long end) {
        long size = Math.min(EXTENT, region.region().size() - extent);
        requirePages(region, region.page(extent), region.page(begin));
        requirePages(region, region.page(end), region.page(extent + size));
        if (forgone.present() >= MOST_CUTS || faults.unregister(region.segment(), extent, size) < 0) {
            // This process has as many mappings for this machine as it may have.
            finish();
        }
        residency.add(region.page(extent), region.page(extent + size));
        retireIfDone();
    }

    /**
     * Brings all that is missing; the pager has nothing to do after that.
     *
     * @throws PagerException if it cannot be had; the machine ends
     */
    public void finish() {
        for (SavedRegion region : regions) {
            requirePages(region, region.first(), region.end());
        }
        retire();
    }

    /** Nothing is missing any more: gives the memory to the kernel, and the threads to the host. */
    void retire() {
        letGo();
        complete = true;
        thread.stop();
    }

    private void letGo() {
        // To unregister what is all registered, or not at all, cuts nothing.
        regions.forEach(region -> {
            var _ = faults.unregister(region.segment(), 0, region.region().size());
        });
    }

    /**
     * Ends the machine, for its pages cannot be had. The first reason counts.
     *
     * @return what to throw
     */
    public PagerException fail(Throwable cause) {
        PagerException reason =
                new PagerException("memory of a machine that was restored cannot be had: " + cause.getMessage(), cause);
        fail(reason);
        return reason;
    }

    /** The same when there may be no memory for a reason. */
    void died() {
        fail(death);
    }

    private void fail(PagerException reason) {
        Consumer<VmmException> listener;
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = reason;
            listener = whenFailed;
        }
        try {
            // Its vCPUs are told to leave the guest, and only then does a fault end that has no page.
            listener.accept(reason);
        } finally {
            letGo();
            thread.stop();
        }
    }

    /** Why pages cannot be had; nothing while they can. */
    synchronized @Nullable PagerException failure() {
        return failure;
    }

    /** Ends it, when nobody touches the memory any more. Closing twice is once. */
    @Override
    public void close() {
        try {
            thread.close();
        } finally {
            faults.close();
            source.close();
        }
    }
}
