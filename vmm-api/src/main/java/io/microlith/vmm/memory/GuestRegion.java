// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.linux.Pollable;
import io.microlith.vmm.bus.AddressRange;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A run of guest-physical addresses with RAM behind it.
 *
 * @param gpa the first guest-physical address
 * @param segment the RAM, mapped into this process; native memory
 * @param file the file it is mapped from, for those who want to share it, and empty if there is none
 * @param fileOffset where the region starts in that file
 */
public record GuestRegion(long gpa, MemorySegment segment, Optional<Pollable> file, long fileOffset) {
    /** The largest value that guests and devices read and write at once. */
    private static final long ALIGNMENT = 8;

    /** Refuses memory that a vCPU cannot reach, or where aligned guest addresses are not aligned in this process. */
    public GuestRegion {
        if (!segment.isNative() || segment.byteSize() == 0) {
            throw new IllegalArgumentException("guest memory is native memory of at least a byte");
        }
        if (gpa % ALIGNMENT != 0 || segment.address() % ALIGNMENT != 0) {
            throw new IllegalArgumentException(
                    "guest memory is aligned to " + ALIGNMENT + " bytes, in the guest and here");
        }
        var _ = new AddressRange(gpa, segment.byteSize());
    }

    /** A region of plain native memory, backed by no file. */
    public static GuestRegion anonymous(long gpa, MemorySegment segment) {
        return new GuestRegion(gpa, segment, Optional.empty(), 0);
    }

    /** The number of bytes. */
    public long size() {
        return segment.byteSize();
    }

    /** The addresses of the region. */
    public AddressRange range() {
        return new AddressRange(gpa, size());
    }
}
