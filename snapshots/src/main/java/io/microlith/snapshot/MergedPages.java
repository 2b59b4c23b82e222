// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * All pages of a snapshot's memory, from whichever of its files has them.
 *
 * @param image the memory
 * @param progress hears how far it is
 */
record MergedPages(MemoryImage image, SnapshotProgress progress) implements PageFlow {
    private static final int CHUNK = 256;

    @Override
    public List<Section> sendTo(PageSink sink) throws IOException {
        try (Arena arena = Arena.ofConfined();
                ImageReader reader = ImageReader.open(image)) {
            MemorySegment buffer = arena.allocate(CHUNK * MemoryImage.PAGE, MemoryImage.PAGE);
            PageRuns.visit(reader.data(), 0, image.pages(), CHUNK, (page, end) -> {
                MemorySegment pages = buffer.asSlice(0, (end - page) * MemoryImage.PAGE);
                reader.read(page * MemoryImage.PAGE, pages);
                sink.write(pages, page * MemoryImage.PAGE);
                progress.onProgress(end * MemoryImage.PAGE, image.size());
            });
        } catch (SystemCallException e) {
            throw new IOException("a file of its memory cannot be read: " + e.getMessage(), e);
        }
        List<Section> sections = sink.finish(image.size());
        progress.onProgress(image.size(), image.size());
        return sections;
    }
}
