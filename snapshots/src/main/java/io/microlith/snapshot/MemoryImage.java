// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.bus.AddressRange;
import java.nio.file.Path;
import java.util.List;

/**
 * A snapshot's memory file: whole pages, the ranges one after the other, with holes where there are only zeros.
 *
 * @param file the file
 * @param ranges where RAM is in the guest, rising
 */
public record MemoryImage(Path file, List<AddressRange> ranges) {
    /** Copies the list. */
    public MemoryImage {
        ranges = List.copyOf(ranges);
    }

    /** The bytes of all ranges. */
    public long size() {
        return ranges.stream().mapToLong(AddressRange::size).sum();
    }
}
