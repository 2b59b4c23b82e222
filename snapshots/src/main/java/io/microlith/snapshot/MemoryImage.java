// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.DataExtents;
import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.bus.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/**
 * A snapshot's memory file: whole pages, the ranges one after the other, with holes where there are only zeros.
 *
 * @param file the file
 * @param ranges where RAM is in the guest, rising
 */
public record MemoryImage(Path file, List<AddressRange> ranges) {
    static final long PAGE = 4096;

    /** What the host's huge pages are large. */
    static final long EXTENT = 2L << 20;

    /** Copies the list. */
    public MemoryImage {
        ranges = List.copyOf(ranges);
    }

    /** The bytes of all ranges. */
    public long size() {
        return ranges.stream().mapToLong(AddressRange::size).sum();
    }

    /** How many pages that is. */
    long pages() {
        return size() / PAGE;
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

    /** A file that was cut short since has no zeros there. */
    void checkSize(Fd memory) throws IOException {
        long now = PosixIo.size(memory);
        if (now != size()) {
            throw new IOException("it has " + now + " bytes, and not the machine's " + size());
        }
    }

    /**
     * The pages that may have something else than zeros.
     *
     * @throws SnapshotException if the file cannot be looked at
     */
    BitSet data() {
        BitSet data = new BitSet(Math.toIntExact(pages()));
        try (Fd memory = Fd.open(file, Fd.O_RDONLY)) {
            checkSize(memory);
            DataExtents.visit(
                    memory, 0, size(), (begin, end) -> data.set((int) (begin / PAGE), (int) ((end + PAGE - 1) / PAGE)));
            return data;
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(file, "its memory cannot be read: " + e.getMessage(), e);
        }
    }
}
