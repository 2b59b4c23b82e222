// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Mapping;
import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@link RestoreStrategy#DIRECT}: extents of 2 MiB of which much is wanted are read from the snapshot straight into
 * guest memory, where the host has huge pages for them; of the others, the pages that are wanted are put there one by
 * one.
 *
 * @param working opens the working set
 */
record Direct(Function<Snapshot, WorkingSetReader> working) implements Prefetch {
    private static final int EXTENT_PAGES = (int) (MemoryImage.EXTENT / MemoryImage.PAGE);

    /** How many extents are read to learn how long one takes. */
    private static final int TRIALS = 2;

    /** Fewer pages than this are not worth a trial. */
    private static final int FEW = EXTENT_PAGES / 64;

    @Override
    public Loading begin(
            Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager, Supervised.Progress progress)
            throws IOException {
        long begin = System.nanoTime();
        try (WorkingSetReader reader = working.apply(snapshot);
                ImageReader memory = ImageReader.openUncached(snapshot.memory())) {
            ExtentReader extents = new ExtentReader(memory, regions, wanted(reader.set()), progress);
            BitSet whole = extents.read();
            PageRuns.visit(whole, pager::present);
            pager.start();
            int sparse = new WorkingSetLoad(reader, pager, data, progress).run(whole, Foreground.PIECE, () -> true);
            pager.prefetched(whole.cardinality() + sparse, System.nanoTime() - begin);
        }
        return Loading.DONE;
    }

    private static BitSet wanted(WorkingSet set) {
        BitSet wanted = new BitSet();
        set.runs().forEach(run -> wanted.set(run.begin(), run.end()));
        return wanted;
    }

    /**
     * Some of the memory.
     *
     * @param memory of the size of an extent
     * @param page the number of its first page
     * @param wanted how many of its pages are
     */
    private record Extent(MemorySegment memory, int page, int wanted) {
        int end() {
            return page + EXTENT_PAGES;
        }
    }

    /** Reads extents into memory that is in nobody's care yet. Java code touches none of it. */
    private static final class ExtentReader {
        private final ImageReader memory;
        private final List<GuestRegion> regions;
        private final BitSet wanted;
        private final Supervised.Progress progress;

        /** The pages that were read. */
        private final BitSet whole = new BitSet();

        ExtentReader(ImageReader memory, List<GuestRegion> regions, BitSet wanted, Supervised.Progress progress) {
            this.memory = memory;
            this.regions = regions;
            this.wanted = wanted;
            this.progress = progress;
        }

        /** Reads those of which so much is wanted that it pays. Returns their pages. */
        BitSet read() throws IOException {
            // A host without them has small pages here.
            regions.forEach(region -> {
                var _ = Mapping.adviseHugePages(region.segment());
            });
            Optional<ExtentCost> cost = trial();
            if (cost.isPresent()) {
                int first = 0;
                for (GuestRegion region : regions) {
                    readDense(region.segment(), first, cost.get());
                    first += (int) (region.size() / MemoryImage.PAGE);
                }
            }
            return whole;
        }

        /** Reads the extents of which most is wanted, and some pages alone, and so finds out what either costs. */
        private Optional<ExtentCost> trial() throws IOException {
            // What disturbs one of them makes the medium no slower.
            long pageNanos = Long.MAX_VALUE;
            long extentNanos = Long.MAX_VALUE;
            List<Extent> extents = densest();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment page = arena.allocate(MemoryImage.PAGE, MemoryImage.PAGE);
                for (Extent extent : extents) {
                    pageNanos = Math.min(pageNanos, read(page, wanted.nextSetBit(extent.page())));
                    pageNanos = Math.min(pageNanos, read(page, wanted.previousSetBit(extent.end() - 1)));
                }
            }
            for (Extent extent : extents) {
                extentNanos = Math.min(extentNanos, readWhole(extent.memory(), extent.page()));
            }
            return extents.isEmpty() ? Optional.empty() : Optional.of(ExtentCost.of(extentNanos, pageNanos));
        }

        private List<Extent> densest() {
            List<Extent> extents = new ArrayList<>();
            int first = 0;
            for (GuestRegion region : regions) {
                for (long at = 0; at + MemoryImage.EXTENT <= region.size(); at += MemoryImage.EXTENT) {
                    int page = first + (int) (at / MemoryImage.PAGE);
                    int wantedHere = wantedAt(page);
                    if (wantedHere > FEW) {
                        extents.add(new Extent(region.segment().asSlice(at, MemoryImage.EXTENT), page, wantedHere));
                    }
                }
                first += (int) (region.size() / MemoryImage.PAGE);
            }
            extents.sort(Comparator.comparingInt(Extent::wanted).reversed());
            return extents.subList(0, Math.min(TRIALS, extents.size()));
        }

        private int wantedAt(int page) {
            return wanted.get(page, page + EXTENT_PAGES).cardinality();
        }

        /** Reads a region's dense extents, neighbours at once. */
        private void readDense(MemorySegment region, int first, ExtentCost cost) throws IOException {
            long begin = 0;
            while (begin < region.byteSize()) {
                long end = begin;
                while (end < region.byteSize()
                        && end - begin < Foreground.PIECE
                        && isDense(first + (int) (end / MemoryImage.PAGE), cost)) {
                    end = Math.min(region.byteSize(), end + MemoryImage.EXTENT);
                }
                if (end == begin) {
                    begin += MemoryImage.EXTENT;
                } else {
                    var _ = readWhole(region.asSlice(begin, end - begin), first + (int) (begin / MemoryImage.PAGE));
                    begin = end;
                }
            }
        }

        private boolean isDense(int page, ExtentCost cost) {
            return !whole.get(page) && cost.favorsWhole(wantedAt(page));
        }

        /** Reads one or more extents. Returns how long that took. */
        private long readWhole(MemorySegment into, int page) throws IOException {
            long nanos = read(into, page);
            whole.set(page, page + (int) (into.byteSize() / MemoryImage.PAGE));
            return nanos;
        }

        private long read(MemorySegment into, int page) throws IOException {
            long begin = System.nanoTime();
            memory.read(page * MemoryImage.PAGE, into);
            progress.made();
            return System.nanoTime() - begin;
        }
    }
}
