// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import java.util.List;

/**
 * The numbers of the pages of some regions, counted over all of them in their order. Made for the lookup before each
 * access of a device, which in a JVM that has just been started is interpreted: calls are few. Immutable.
 */
public final class PageNumbers {
    private static final long PAGE = 4096;

    private final long[] bases;
    private final long[] sizes;
    private final long[] first;
    private final long count;

    /** Of regions whose pages begin where they do; the last one of each may be shorter. */
    public PageNumbers(List<GuestRegion> regions) {
        bases = new long[regions.size()];
        sizes = new long[bases.length];
        first = new long[bases.length];
        long pages = 0;
        for (int i = 0; i < bases.length; i++) {
            GuestRegion region = regions.get(i);
            bases[i] = region.gpa();
            sizes[i] = region.size();
            first[i] = pages;
            pages += (region.size() + PAGE - 1) / PAGE;
        }
        count = pages;
    }

    /** How many there are. */
    public long count() {
        return count;
    }

    /** The index of the region that has a byte or more from an address on; negative if that is no memory. */
    public int region(long gpa, long length) {
        for (int i = 0; i < bases.length; i++) {
            long offset = gpa - bases[i];
            if (offset >= 0 && length > 0 && offset <= sizes[i] - length) {
                return i;
            }
        }
        return -1;
    }

    /** The page with an address of the region of an index. */
    public long page(int region, long gpa) {
        return first[region] + (gpa - bases[region]) / PAGE;
    }
}
