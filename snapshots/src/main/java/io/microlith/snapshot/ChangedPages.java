// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.DataExtents;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pages of a machine's memory that are others than a snapshot's.
 *
 * @param memory of a machine that is held still
 * @param candidates the pages that may be others
 * @param left the pages whose content is left out
 * @param base the snapshot
 * @param progress hears how far it is
 */
record ChangedPages(GuestMemory memory, BitSet candidates, BitSet left, Snapshot base, SnapshotProgress progress)
        implements PageFlow {
    private static final int CHUNK = 256;
    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[(int) MemoryImage.PAGE]);

    @Override
    public List<Section> sendTo(PageSink sink) throws IOException {
        BitSet changed = new BitSet();
        BitSet all = (BitSet) candidates.clone();
        // What is left out is zeros now, whatever it was.
        all.or(left);
        BitSet zeros = (BitSet) left.clone();
        zeros.or(holes());
        long total = all.cardinality() * MemoryImage.PAGE;
        try (Arena arena = Arena.ofConfined();
                ImageReader before = ImageReader.open(base.memory())) {
            Comparison comparison = new Comparison(
                    before, arena.allocate(CHUNK * MemoryImage.PAGE, MemoryImage.PAGE), sink, zeros, changed);
            long done = 0;
            int first = 0;
            for (GuestRegion region : memory.regions()) {
                int end = first + (int) (region.size() / MemoryImage.PAGE);
                for (int page = all.nextSetBit(first); page >= 0 && page < end; ) {
                    int next = Math.min(Math.min(page + CHUNK, end), all.nextClearBit(page));
                    comparison.run(region.gpa() + (page - first) * MemoryImage.PAGE, page, next);
                    done += (next - page) * MemoryImage.PAGE;
                    progress.onProgress(done, total);
                    page = all.nextSetBit(next);
                }
                first = end;
            }
        } catch (SystemCallException e) {
            throw new IOException("the snapshot it is compared with cannot be read: " + e.getMessage(), e);
        }
        List<Section> sections = sink.finish(changed.cardinality() * MemoryImage.PAGE);
        progress.onProgress(total, total);
        ChangesSection changes = new ChangesSection(base.name(), base.fingerprint(), new PackedPages(changed));
        return Stream.concat(
                        sections.stream(),
                        Stream.of(new Section(
                                SectionType.CHANGES.number(), "", ByteString.of(StateCodec.encode(changes)))))
                .toList();
    }

    /** Pages that a file in memory does not have: to look at one would be to make it. */
    private BitSet holes() throws IOException {
        BitSet holes = new BitSet();
        int first = 0;
        for (GuestRegion region : memory.regions()) {
            int begin = first;
            int end = first + (int) (region.size() / MemoryImage.PAGE);
            if (region.file().isPresent()) {
                long base = region.fileOffset();
                holes.set(begin, end);
                DataExtents.visit(
                        region.file().get(),
                        base,
                        base + region.size(),
                        (from, to) -> holes.clear(
                                begin + (int) ((from - base) / MemoryImage.PAGE),
                                begin + (int) ((to - base - 1) / MemoryImage.PAGE) + 1));
            }
            first = end;
        }
        return holes;
    }

    /** Of pages in a row. */
    private final class Comparison {
        private final ImageReader before;
        private final MemorySegment buffer;
        private final PageSink sink;
        private final BitSet zeros;
        private final BitSet changed;

        /** Where the next page goes. */
        private long place;

        Comparison(ImageReader before, MemorySegment buffer, PageSink sink, BitSet zeros, BitSet changed) {
            this.before = before;
            this.buffer = buffer;
            this.sink = sink;
            this.zeros = zeros;
            this.changed = changed;
        }

        void run(long gpa, int begin, int end) throws IOException {
            long length = (end - begin) * MemoryImage.PAGE;
            MemorySegment was = buffer.asSlice(0, length);
            before.read(begin * MemoryImage.PAGE, was);
            MemorySegment is = memory.view(gpa, length);
            for (int page = begin; page < end; page++) {
                long offset = (page - begin) * MemoryImage.PAGE;
                boolean zero = zeros.get(page) || equal(is, offset, ZEROS, 0);
                if (!(zero ? equal(was, offset, ZEROS, 0) : equal(is, offset, was, offset))) {
                    changed.set(page);
                    if (!zero) {
                        sink.write(is.asSlice(offset, MemoryImage.PAGE), place);
                    }
                    place += MemoryImage.PAGE;
                }
            }
        }

        private static boolean equal(MemorySegment a, long at, MemorySegment b, long there) {
            return MemorySegment.mismatch(a, at, at + MemoryImage.PAGE, b, there, there + MemoryImage.PAGE) == -1;
        }
    }
}
