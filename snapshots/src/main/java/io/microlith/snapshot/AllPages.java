// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.NonZeroPages;
import java.io.IOException;
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
        NonZeroPages.visit(memory, left, (pages, place) -> {
            sink.write(pages, place);
            progress.onProgress(place + pages.byteSize(), size);
        });
        List<Section> sections = sink.finish(size);
        progress.onProgress(size, size);
        return sections;
    }
}
