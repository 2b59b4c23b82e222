// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.MemorySegment;

/**
 * A region of guest memory and its place in the saved one.
 *
 * @param region mapped here, anonymous
 * @param first the number of its first page in the saved memory
 */
record SavedRegion(GuestRegion region, long first) {
    MemorySegment segment() {
        return region.segment();
    }

    /** The number of the page after its last. */
    long end() {
        return first + region.size() / Pager.PAGE;
    }

    /** Where a page is in the region, in bytes. */
    long offset(long page) {
        return (page - first) * Pager.PAGE;
    }

    /** The page with a byte of the region. */
    long page(long offset) {
        return first + offset / Pager.PAGE;
    }

    /** Where an address of this process is in the region, in bytes; negative if it is not. */
    long offsetOf(long address) {
        // NATIVE: a number that the kernel told, compared and never used as an address.
        long offset = address - segment().address();
        return offset < region.size() ? offset : -1;
    }

    /** The number of the page after the last one of a page's extent. */
    long extentEnd(long page) {
        long extent = Pager.EXTENT / Pager.PAGE;
        return Math.min(end(), first + ((page - first) / extent + 1) * extent);
    }

    /** How many extents it has; the last one may be shorter. */
    long extents() {
        return (region.size() + Pager.EXTENT - 1) / Pager.EXTENT;
    }
}
