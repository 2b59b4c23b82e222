// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.vmm.memory.PackedPages;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file with pages of a snapshot's memory.
 *
 * @param file the file
 * @param pages which pages it has, one after the other; nothing if it has all of them, each at its own place
 * @param size the bytes of all of its pages
 * @param frames how they are compressed; nothing if they are not
 * @param sums the file's checksums; nothing if it is compressed, or was written before there were any
 */
record ImageLayer(
        Path file, Optional<PackedPages> pages, long size, Optional<FrameTable> frames, Optional<MemorySums> sums) {
    /** Where a page of this layer is among its pages, in bytes. */
    long place(int page) {
        return pages.map(packed -> packed.place(page)).orElse(page * MemoryImage.PAGE);
    }

    /** Its pages, of its file. */
    LayerSource open(Fd opened) {
        return frames.<LayerSource>map(table -> new FrameSource(opened, table))
                .orElseGet(() -> new PlainSource(opened));
    }

    /** The bytes that the file has. */
    long fileSize() {
        return frames.map(FrameTable::fileSize).orElse(size);
    }
}
