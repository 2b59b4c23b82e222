// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.vmm.bus.AddressRange;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The numbers of the pages of some ranges of guest-physical addresses, counted over all of them in their order. Made
 * for the lookup before each access of a device, which in a JVM that has just been started is interpreted: calls are
 * few. Immutable.
 */
public final class PageNumbers {
    private static final long PAGE = 4096;

    private final long[] bases;
    private final long[] sizes;
    private final long[] first;
    private final long count;

    /** Of ranges whose pages begin where they do; the last one of each may be shorter. */
    public PageNumbers(List<AddressRange> ranges) {
        bases = new long[ranges.size()];
        sizes = new long[bases.length];
        first = new long[bases.length];
        long pages = 0;
        for (int i = 0; i < bases.length; i++) {
            AddressRange range = ranges.get(i);
            bases[i] = range.base();
            sizes[i] = range.size();
            first[i] = pages;
            pages += (range.size() + PAGE - 1) / PAGE;
        }
        count = pages;
    }

    /** Of a memory's regions. */
    public static PageNumbers of(List<GuestRegion> regions) {
        return new PageNumbers(regions.stream().map(GuestRegion::range).toList());
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

    /**
     * Those that have a byte of some addresses.
     *
     * @return the caller's own
     */
    public BitSet pages(List<AddressRange> some) {
        BitSet pages = new BitSet();
        for (int i = 0; i < bases.length; i++) {
            for (AddressRange range : some) {
                long begin = Math.max(range.base(), bases[i]);
                long last = Math.min(range.last(), bases[i] + sizes[i] - 1);
                if (begin <= last) {
                    pages.set(Math.toIntExact(page(i, begin)), Math.toIntExact(page(i, last) + 1));
                }
            }
        }
        return pages;
    }

    /** Where pages are: whole ones, in ascending order, those in a row at once. */
    public List<AddressRange> ranges(BitSet pages) {
        List<AddressRange> found = new ArrayList<>();
        for (int i = 0; i < bases.length; i++) {
            long end = i + 1 < first.length ? first[i + 1] : count;
            for (int page = pages.nextSetBit(Math.toIntExact(first[i])); page >= 0 && page < end; ) {
                long next = Math.min(end, pages.nextClearBit(page));
                found.add(new AddressRange(bases[i] + (page - first[i]) * PAGE, (next - page) * PAGE));
                page = pages.nextSetBit(Math.toIntExact(next));
            }
        }
        return found;
    }
}
