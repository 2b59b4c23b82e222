// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.NonZeroPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/**
 * All pages of a machine's memory.
 *
 * @param memory of a machine that is held still
 * @param left the pages whose content is left out
 * @param progress hears how far it is
 */
record AllPages(GuestMemory memory, BitSet left, SnapshotProgress progress) implements PageFlow {
    @Override
    public List<Section> sendTo(PageSink sink) throws IOException {
        long size = memory.size();
        NonZeroPages.visit(memory, (pages, place) -> {
            send(pages, place, sink);
            progress.onProgress(place + pages.byteSize(), size);
        });
        List<Section> sections = sink.finish(size);
        progress.onProgress(size, size);
        return sections;
    }

    private void send(MemorySegment pages, long place, PageSink sink) throws IOException {
        int first = (int) (place / MemoryImage.PAGE);
        int end = first + (int) (pages.byteSize() / MemoryImage.PAGE);
        int page = left.nextClearBit(first);
        while (page < end) {
            int skipped = left.nextSetBit(page);
            int next = skipped < 0 ? end : Math.min(end, skipped);
            sink.write(
                    pages.asSlice((page - first) * MemoryImage.PAGE, (next - page) * MemoryImage.PAGE),
                    page * MemoryImage.PAGE);
            page = left.nextClearBit(next);
        }
    }
}
