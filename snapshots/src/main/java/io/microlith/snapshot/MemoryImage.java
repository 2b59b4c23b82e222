// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.PackedPages;
import io.microlith.vmm.memory.PageNumbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A snapshot's memory: the pages of all ranges, one range after the other, in one file or in several, of which each has
 * pages in place of those below it. Immutable; any thread.
 */
public final class MemoryImage {
    static final long PAGE = 4096;

    /** The most memory: pages are counted by int. */
    static final long LARGEST = Integer.MAX_VALUE * PAGE;

    /** What the host's huge pages are large. */
    static final long EXTENT = 2L << 20;

    private final List<AddressRange> ranges;

    /** The lowest first. */
    private final List<ImageLayer> layers;

    private MemoryImage(List<AddressRange> ranges, List<ImageLayer> layers) {
        this.ranges = List.copyOf(ranges);
        this.layers = List.copyOf(layers);
    }

    /** Memory that is all in one file. */
    static MemoryImage of(List<AddressRange> ranges, ImageLayer all) {
        return new MemoryImage(ranges, List.of(all));
    }

    /** The same with some pages of another file. */
    MemoryImage with(ImageLayer changes) {
        List<ImageLayer> more = new ArrayList<>(layers);
        more.add(changes);
        return new MemoryImage(ranges, more);
    }

    /** Where RAM is in the guest, rising. */
    public List<AddressRange> ranges() {
        return ranges;
    }

    /**
     * The snapshot's own file. That of a whole snapshot that is not compressed has all pages at their places, with
     * holes where there are only zeros.
     */
    public Path file() {
        return layers.getLast().file();
    }

    /** All files, the lowest first: a page is in the last one that has it. */
    public List<Path> files() {
        return layers.stream().map(ImageLayer::file).toList();
    }

    List<ImageLayer> layers() {
        return layers;
    }

    /** Whether pages of some file have to be unpacked. */
    public boolean isCompressed() {
        return layers.stream().anyMatch(layer -> layer.frames().isPresent());
    }

    /** The bytes of all ranges. */
    public long size() {
        return ranges.stream().mapToLong(AddressRange::size).sum();
    }

    /** How many pages that is. */
    int pages() {
        return Math.toIntExact(size() / PAGE);
    }

    /** The pages that are taken from a layer, for none above it has them. */
    BitSet visible(ImageLayer layer) {
        BitSet pages = layer.pages().map(PackedPages::toBitSet).orElseGet(this::all);
        for (int above = layers.size() - 1; !layers.get(above).file().equals(layer.file()); above--) {
            layers.get(above).pages().ifPresent(packed -> packed.hideFrom(pages));
        }
        return pages;
    }

    /** All pages. */
    BitSet all() {
        BitSet all = new BitSet();
        all.set(0, pages());
        return all;
    }

    /** Those pages that are in some ranges; what is no memory is in none. */
    BitSet pagesOf(List<AddressRange> some) {
        return new PageNumbers(ranges).pages(some);
    }

    /** The pages at which a range, or an extent of 2 MiB of one, begins. */
    BitSet extents() {
        BitSet extents = new BitSet();
        long first = 0;
        for (AddressRange range : ranges) {
            for (long offset = 0; offset < range.size(); offset += EXTENT) {
                extents.set(Math.toIntExact(first + offset / PAGE));
            }
            first += range.size() / PAGE;
        }
        return extents;
    }

    /**
     * The pages that may have something else than zeros.
     *
     * @throws SnapshotException if the files cannot be looked at
     */
    BitSet data() {
        try (ImageReader reader = ImageReader.open(this)) {
            return reader.data();
        } catch (SystemCallException | IOException e) {
            throw unreadable(e);
        }
    }

    SnapshotException unreadable(Exception e) {
        return new SnapshotException(file(), "its memory cannot be read: " + e.getMessage(), e);
    }

    @Override
    public String toString() {
        return "memory in " + files();
    }
}
