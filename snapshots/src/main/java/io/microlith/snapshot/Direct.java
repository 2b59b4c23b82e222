// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.PosixIo;
import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/**
 * {@link RestoreStrategy#DIRECT}: extents of 2 MiB of which much is wanted are read from the snapshot straight into
 * guest memory, where the host has huge pages for them; of the others, the pages that are wanted are put there one by
 * one.
 */
final class Direct implements Prefetch {
    private static final long PAGE = MemoryImage.PAGE;
    private static final long EXTENT = MemoryImage.EXTENT;
    private static final int EXTENT_PAGES = (int) (EXTENT / PAGE);

    /** How many wanted pages make an extent worth reading as a whole. */
    private static final int DENSE = EXTENT_PAGES / 16;

    /** The most that is read at once. */
    private static final long MOST = 64L << 20;

    @Override
    public Loading begin(Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager) throws IOException {
        try (WorkingSetReader reader = WorkingSetReader.open(snapshot)) {
            long begin = System.nanoTime();
            BitSet whole = new BitSet();
            BitSet wanted = wanted(reader.set());
            try (Fd memory = Fd.openUncached(snapshot.memory().file())) {
                long first = 0;
                for (GuestRegion region : regions) {
                    readDense(memory, region.segment(), (int) first, wanted, whole);
                    first += region.size() / PAGE;
                }
            }
            whole.stream().forEach(page -> pager.present(page, page + 1));
            pager.start();
            int sparse = new WorkingSetLoad(reader, pager, data).run(whole, MOST, () -> true);
            pager.prefetched(whole.cardinality() + sparse, System.nanoTime() - begin);
        }
        return () -> {};
    }

    private static BitSet wanted(WorkingSet set) {
        BitSet wanted = new BitSet();
        set.runs().forEach(run -> wanted.set(run.begin(), run.end()));
        return wanted;
    }

    /** Reads a region's dense extents, neighbours at once. Java code touches none of it. */
    private static void readDense(Fd memory, MemorySegment region, int first, BitSet wanted, BitSet whole)
            throws IOException {
        // A host without them has small pages here.
        var _ = Mapping.adviseHugePages(region);
        long begin = 0;
        while (begin < region.byteSize()) {
            long end = begin;
            while (end < region.byteSize() && end - begin < MOST && isDense(wanted, first + (int) (end / PAGE))) {
                end = Math.min(region.byteSize(), end + EXTENT);
            }
            if (end == begin) {
                begin += EXTENT;
                continue;
            }
            PosixIo.readFully(memory, region.asSlice(begin, end - begin), first * PAGE + begin);
            whole.set(first + (int) (begin / PAGE), first + (int) (end / PAGE));
            begin = end;
        }
    }

    private static boolean isDense(BitSet wanted, int page) {
        return wanted.get(page, page + EXTENT_PAGES).cardinality() >= DENSE;
    }
}
