// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.NonZeroPages;
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

    @Override
    public List<Section> sendTo(PageSink sink) throws IOException {
        BitSet changed = new BitSet();
        BitSet all = (BitSet) candidates.clone();
        // What is left out is zeros now, whatever it was.
        all.or(left);
        BitSet zeros = (BitSet) left.clone();
        zeros.or(NonZeroPages.holes(memory));
        long total = all.cardinality() * MemoryImage.PAGE;
        try (Arena arena = Arena.ofConfined();
                ImageReader before = ImageReader.open(base.memory())) {
            Comparison comparison = new Comparison(
                    before, arena.allocate(CHUNK * MemoryImage.PAGE, MemoryImage.PAGE), sink, zeros, changed);
            int first = 0;
            for (GuestRegion region : memory.regions()) {
                int begin = first;
                first = begin + (int) (region.size() / MemoryImage.PAGE);
                PageRuns.visit(all, begin, first, CHUNK, (page, next) -> {
                    comparison.run(region.gpa() + (page - begin) * MemoryImage.PAGE, page, next);
                    progress.onProgress(comparison.compared * MemoryImage.PAGE, total);
                });
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

    /** Of pages in a row. */
    private final class Comparison {
        private final ImageReader before;
        private final MemorySegment buffer;
        private final PageSink sink;
        private final BitSet zeros;
        private final BitSet changed;

        /** Where the next page goes. */
        private long place;

        /** How many pages were compared. */
        private long compared;

        Comparison(ImageReader before, MemorySegment buffer, PageSink sink, BitSet zeros, BitSet changed) {
            this.before = before;
            this.buffer = buffer;
            this.sink = sink;
            this.zeros = zeros;
            this.changed = changed;
        }

        void run(long gpa, int begin, int end) throws IOException {
            compared += end - begin;
            long length = (end - begin) * MemoryImage.PAGE;
            MemorySegment was = buffer.asSlice(0, length);
            before.read(begin * MemoryImage.PAGE, was);
            MemorySegment is = memory.view(gpa, length);
            for (int page = begin; page < end; page++) {
                long offset = (page - begin) * MemoryImage.PAGE;
                boolean zero = zeros.get(page) || NonZeroPages.isZero(is, offset);
                if (!(zero ? NonZeroPages.isZero(was, offset) : isEqual(is, was, offset))) {
                    changed.set(page);
                    if (!zero) {
                        sink.write(is.asSlice(offset, MemoryImage.PAGE), place);
                    }
                    place += MemoryImage.PAGE;
                }
            }
        }

        private static boolean isEqual(MemorySegment a, MemorySegment b, long offset) {
            return MemorySegment.mismatch(a, offset, offset + MemoryImage.PAGE, b, offset, offset + MemoryImage.PAGE)
                    == -1;
        }
    }
}
