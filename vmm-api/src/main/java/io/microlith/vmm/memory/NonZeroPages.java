// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.DataExtents;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** The pages of guest memory that have something else than zeros. While nobody writes the memory. */
public final class NonZeroPages {
    private static final long PAGE = 4096;

    /** The most that is looked at, and visited, at once. */
    private static final long CHUNK = 4L << 20;

    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[(int) PAGE]);

    /** Takes pages in a row. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes some.
         *
         * @param pages the memory itself
         * @param place where they are if the regions are one after the other, in bytes
         */
        void visit(MemorySegment pages, long place) throws IOException;
    }

    private NonZeroPages() {}

    /**
     * Visits them in their order, at most 4 MiB at once.
     *
     * @throws IOException if a file that memory is mapped from cannot be asked, or the visitor throws it
     */
    public static void visit(GuestMemory memory, Visitor visitor) throws IOException {
        long place = 0;
        for (GuestRegion region : memory.regions()) {
            visit(memory, region, place, visitor);
            place += region.size();
        }
    }

    /**
     * The same but for some.
     *
     * @param holes the pages that are not visited, counted over all regions
     * @throws IOException as there
     */
    public static void visit(GuestMemory memory, BitSet holes, Visitor visitor) throws IOException {
        visit(memory, (pages, place) -> {
            int first = Math.toIntExact(place / PAGE);
            int end = first + Math.toIntExact(pages.byteSize() / PAGE);
            int page = holes.nextClearBit(first);
            while (page < end) {
                int hole = holes.nextSetBit(page);
                int next = hole < 0 ? end : Math.min(end, hole);
                visitor.visit(pages.asSlice((page - first) * PAGE, (next - page) * PAGE), page * PAGE);
                page = holes.nextClearBit(next);
            }
        });
    }

    private static void visit(GuestMemory memory, GuestRegion region, long place, Visitor visitor) throws IOException {
        if (region.file().isEmpty()) {
            // Piece by piece, for its pages may have to come from somewhere first.
            for (long done = 0; done < region.size(); done += CHUNK) {
                MemorySegment piece = memory.view(region.gpa() + done, Math.min(CHUNK, region.size() - done));
                visit(piece, place + done, visitor);
            }
            return;
        }
        // To look at a page that the file in memory does not have would be to make it.
        long base = region.fileOffset();
        DataExtents.visit(
                region.file().get(),
                base,
                base + region.size(),
                (begin, end) ->
                        visit(region.segment().asSlice(begin - base, end - begin), place + begin - base, visitor));
    }

    private static void visit(MemorySegment pages, long place, Visitor visitor) throws IOException {
        long begin = 0;
        while (begin < pages.byteSize()) {
            long end = begin;
            while (end < pages.byteSize() && end - begin < CHUNK && !isZero(pages, end)) {
                end += PAGE;
            }
            if (end > begin) {
                visitor.visit(pages.asSlice(begin, end - begin), place + begin);
                begin = end;
            } else {
                begin += PAGE;
            }
        }
    }

    /**
     * The pages that a file in memory does not have, counted over all regions: they are zeros, and to look at one would
     * be to make it.
     *
     * @throws IOException if a file that memory is mapped from cannot be asked
     */
    public static BitSet holes(GuestMemory memory) throws IOException {
        BitSet holes = new BitSet();
        int first = 0;
        for (GuestRegion region : memory.regions()) {
            int begin = first;
            first = begin + Math.toIntExact(region.size() / PAGE);
            if (region.file().isPresent()) {
                long base = region.fileOffset();
                holes.set(begin, first);
                DataExtents.visit(
                        region.file().get(),
                        base,
                        base + region.size(),
                        (from, to) -> holes.clear(
                                begin + (int) ((from - base) / PAGE), begin + (int) ((to - base - 1) / PAGE) + 1));
            }
        }
        return holes;
    }

    /** Whether a page has zeros alone. */
    public static boolean isZero(MemorySegment pages, long offset) {
        return MemorySegment.mismatch(pages, offset, offset + PAGE, ZEROS, 0, PAGE) == -1;
    }
}
