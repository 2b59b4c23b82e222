// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/** The pages of some regions, counted over all. Immutable. */
final class PageRegions {
    private static final long PAGE = MemoryLayer.PAGE;

    private final List<GuestRegion> regions;

    /** The number of the first page of each. */
    private final int[] first;

    private final int count;

    /** Of regions that are whole pages. */
    PageRegions(List<GuestRegion> regions) {
        this.regions = List.copyOf(regions);
        first = new int[regions.size()];
        long pages = 0;
        for (int i = 0; i < first.length; i++) {
            first[i] = Math.toIntExact(pages);
            pages += regions.get(i).size() / PAGE;
        }
        count = Math.toIntExact(pages);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** The first page of a region, one of these. */
    int firstOf(GuestRegion region) {
        int index = 0;
        while (regions.get(index).gpa() != region.gpa()) {
            index++;
        }
        return first[index];
    }

    /** Visits the pages of a set that are in a row, of one region each, in their order. */
    void visit(BitSet which, Visitor visitor) throws IOException {
        int region = 0;
        int page = which.nextSetBit(0);
        while (page >= 0) {
            while (region + 1 < first.length && first[region + 1] <= page) {
                region++;
            }
            int last = region + 1 < first.length ? first[region + 1] : count;
            int end = Math.min(which.nextClearBit(page), last);
            MemorySegment segment = regions.get(region).segment();
            visitor.visit(new Run(segment, page, (page - first[region]) * PAGE, (end - page) * PAGE));
            page = which.nextSetBit(end);
        }
    }

    /**
     * Pages in a row.
     *
     * @param region the memory of the region they are in
     * @param first the number of the first, counted over all regions
     * @param offset where they are in the region, in bytes
     * @param length how long they are, in bytes
     */
    record Run(MemorySegment region, int first, long offset, long length) {
        MemorySegment segment() {
            return region.asSlice(offset, length);
        }
    }

    /** Takes pages in a row. */
    @FunctionalInterface
    interface Visitor {
        void visit(Run pages) throws IOException;
    }
}
