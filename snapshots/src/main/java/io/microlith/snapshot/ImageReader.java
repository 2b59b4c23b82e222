// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.snapshot.pager.PageSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/** The pages of a snapshot's memory, from whichever of its files has them. Used by several threads at once. */
final class ImageReader implements PageSource {
    /** The most pages that are read at once, 4 MiB. */
    private static final int CHUNK = 1024;

    private final int pages;

    /** The topmost first. */
    private final List<Part> parts = new ArrayList<>();

    /**
     * A layer and what is taken from it.
     *
     * @param visible its pages that none above it has
     */
    private record Part(ImageLayer layer, LayerSource source, BitSet visible) {}

    private ImageReader(int pages) {
        this.pages = pages;
    }

    /**
     * Opens the files.
     *
     * @throws io.microlith.linux.SystemCallException if one cannot be opened
     * @throws IOException if one has not the size it should have: what was cut off is not zeros
     */
    static ImageReader open(MemoryImage image) throws IOException {
        return open(image, layer -> Fd.open(layer.file(), Fd.O_RDONLY));
    }

    /** The same, reading past the page cache what can be read so. */
    static ImageReader openUncached(MemoryImage image) throws IOException {
        // Frames are not aligned as that needs.
        return open(
                image,
                layer -> layer.frames().isEmpty() ? Fd.openUncached(layer.file()) : Fd.open(layer.file(), Fd.O_RDONLY));
    }

    private static ImageReader open(MemoryImage image, Function<ImageLayer, Fd> opener) throws IOException {
        ImageReader reader = new ImageReader(image.pages());
        boolean open = false;
        try {
            for (ImageLayer layer : image.layers().reversed()) {
                Fd file = opener.apply(layer);
                reader.parts.add(new Part(layer, layer.open(file), image.visible(layer)));
                long now = PosixIo.size(file);
                if (now != layer.fileSize()) {
                    throw new IOException("it has " + now + " bytes, and not the machine's " + layer.fileSize() + " ["
                            + layer.file() + "]");
                }
            }
            open = true;
            return reader;
        } finally {
            if (!open) {
                reader.close();
            }
        }
    }

    @Override
    public void read(long offset, MemorySegment into) throws IOException {
        int first = Math.toIntExact(offset / MemoryImage.PAGE);
        int end = first + Math.toIntExact(into.byteSize() / MemoryImage.PAGE);
        int page = first;
        while (page < end) {
            Part part = partWith(page);
            int next = Math.min(end, part.visible().nextClearBit(page));
            part.source()
                    .read(
                            part.layer().place(page),
                            into.asSlice((page - first) * MemoryImage.PAGE, (next - page) * MemoryImage.PAGE));
            page = next;
        }
    }

    private Part partWith(int page) {
        for (Part part : parts) {
            if (part.visible().get(page)) {
                return part;
            }
        }
        throw new IllegalArgumentException("there is no page " + page);
    }

    /** The pages that may have something else than zeros. For one thread. */
    BitSet data() throws IOException {
        BitSet data = new BitSet(pages);
        for (Part part : parts) {
            BitSet visible = part.visible();
            PageRuns.visit(visible, (begin, end) -> {
                long place = part.layer().place(begin);
                part.source()
                        .visitData(
                                place,
                                place + (end - begin) * MemoryImage.PAGE,
                                (from, to) -> data.set(begin + page(from - place), begin + page(to - place)));
            });
        }
        return data;
    }

    /**
     * Reads all, with several threads if pages have to be unpacked. Java code touches what it reads into.
     *
     * @param into native segments, which have all pages one after the other; zeros
     */
    void readAll(List<MemorySegment> into) throws IOException {
        BitSet data = data();
        boolean unpacks = parts.stream().anyMatch(part -> part.layer().frames().isPresent());
        try (PageReaders readers = new PageReaders(this, unpacks ? OrderedWork.usualThreads() : 1)) {
            int first = 0;
            for (MemorySegment segment : into) {
                int begin = first;
                first = begin + page(segment.byteSize());
                PageRuns.visit(
                        data,
                        begin,
                        first,
                        CHUNK,
                        (page, next) -> readers.read(
                                page * MemoryImage.PAGE,
                                segment.asSlice((page - begin) * MemoryImage.PAGE, (next - page) * MemoryImage.PAGE)));
            }
            readers.finish();
        }
    }

    private static int page(long bytes) {
        return (int) (bytes / MemoryImage.PAGE);
    }

    @Override
    public void close() {
        parts.forEach(part -> part.source().close());
    }
}
