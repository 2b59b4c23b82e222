// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.linux.IoVector;
import io.microlith.linux.Mapping;
import io.microlith.linux.MemFd;
import io.microlith.linux.PosixIo;
import io.microlith.vmm.error.VmmException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Memory of two regions in a pager's care, as a machine has it; every fifth page is of zeros. */
final class PagedMachine implements AutoCloseable {
    static final long HIGH = 1L << 32;
    static final long LOW_SIZE = 3 * Pager.EXTENT;
    static final long HIGH_SIZE = 2 * Pager.EXTENT + 7 * Pager.PAGE;
    static final long PAGES = (LOW_SIZE + HIGH_SIZE) / Pager.PAGE;

    final NumberedPages source = new NumberedPages();
    final Queue<VmmException> failures = new ConcurrentLinkedQueue<>();
    final Pager pager;
    final PagedMemory memory;
    private final Arena arena = Arena.ofShared();
    private final List<GuestRegion> regions;

    PagedMachine() {
        this(Duration.ofSeconds(20), PagerEvents.NONE);
    }

    PagedMachine(Duration patience, PagerEvents events) {
        regions = List.of(region(0, LOW_SIZE), region(HIGH, HIGH_SIZE));
        pager = new Pager(regions, data(), source, patience, events);
        memory = new PagedMemory(new RegionMemory(regions), pager);
        pager.onFailure(failures::add);
    }

    private GuestRegion region(long gpa, long size) {
        return GuestRegion.anonymous(gpa, Mapping.anonymous(size, Pager.EXTENT, arena));
    }

    private static BitSet data() {
        BitSet data = new BitSet();
        data.set(0, (int) PAGES);
        for (int page = 0; page < PAGES; page += 5) {
            data.clear(page);
        }
        return data;
    }

    PagedMachine started() {
        pager.start();
        return this;
    }

    /** What a page has before anybody writes it. */
    static long word(long page) {
        return page % 5 == 0 ? 0 : NumberedPages.word(page);
    }

    static long gpa(long page) {
        long place = page * Pager.PAGE;
        return place < LOW_SIZE ? place : HIGH + place - LOW_SIZE;
    }

    /** Has the kernel read a page's first word, as a vCPU or a device's system call does, without asking anybody. */
    long touch(long page) {
        long place = page * Pager.PAGE;
        long address = place < LOW_SIZE
                ? regions.get(0).segment().address() + place
                : regions.get(1).segment().address() + place - LOW_SIZE;
        try (MemFd file = MemFd.create("touched", Pager.PAGE);
                Arena own = Arena.ofConfined()) {
            IoVector vector = new IoVector(1);
            var _ = vector.add(address, Pager.PAGE);
            long written = PosixIo.pwritev(file, vector, 0);
            if (written != Pager.PAGE) {
                throw new AssertionError("pwritev returned " + written);
            }
            MemorySegment word = own.allocate(JAVA_LONG);
            var _ = PosixIo.read(file, word, 0);
            return word.get(JAVA_LONG, 0);
        }
    }

    CompletableFuture<Long> touchLater(long page) {
        return CompletableFuture.supplyAsync(
                () -> touch(page), task -> Thread.ofPlatform().daemon().start(task));
    }

    @Override
    public void close() {
        pager.close();
        arena.close();
    }
}
