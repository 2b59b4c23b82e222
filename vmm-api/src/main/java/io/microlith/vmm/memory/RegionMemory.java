// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.microlith.vmm.error.MemoryAccessException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Guest memory made of regions that do not change. Over any native segments: mapped ones in a VM, allocated ones in a
 * test.
 */
public final class RegionMemory implements GuestMemory {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final VarHandle ALIGNED_SHORT =
            ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN).varHandle();

    private static final long PAGE = 4096;

    private final List<GuestRegion> regions;

    /** The regions again, as arrays for the lookup of every access. */
    private final long[] bases;

    private final MemorySegment[] segments;
    private final long[] sizes;

    /** Where they are in this process. */
    private final long[] addresses;

    private final long size;

    /** The bytes of the host's pages. */
    private final long pageSize;

    private final PageDiscard discard;

    /**
     * Makes memory of regions.
     *
     * @throws IllegalArgumentException if two of them overlap
     */
    public RegionMemory(List<GuestRegion> regions) {
        this(regions, PAGE);
    }

    /** The same of regions with larger pages of the host's behind them, at whose borders they begin and end. */
    RegionMemory(List<GuestRegion> regions, long pageSize) {
        this(regions, pageSize, PageDiscard.OF_MAPPING);
    }

    /** The same of regions whose pages are given back in a manner of their own. */
    RegionMemory(List<GuestRegion> regions, long pageSize, PageDiscard discard) {
        this.pageSize = pageSize;
        this.discard = discard;
        this.regions = regions.stream()
                .sorted((a, b) -> Long.compare(a.gpa(), b.gpa()))
                .toList();
        for (int i = 1; i < this.regions.size(); i++) {
            if (this.regions.get(i - 1).range().overlaps(this.regions.get(i).range())) {
                throw new IllegalArgumentException("guest regions overlap: "
                        + this.regions.get(i - 1).range() + " and "
                        + this.regions.get(i).range());
            }
        }
        int count = this.regions.size();
        bases = new long[count];
        segments = new MemorySegment[count];
        sizes = new long[count];
        addresses = new long[count];
        long all = 0;
        for (int i = 0; i < count; i++) {
            GuestRegion region = this.regions.get(i);
            bases[i] = region.gpa();
            segments[i] = region.segment();
            sizes[i] = region.size();
            addresses[i] = region.segment().address();
            all += region.size();
        }
        size = all;
    }

    @Override
    public List<GuestRegion> regions() {
        return regions;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean contains(long gpa, long length) {
        return find(gpa, length) >= 0;
    }

    @Override
    public MemorySegment slice(long gpa, long length) {
        int region = region(gpa, length);
        return segments[region].asSlice(gpa - bases[region], length);
    }

    @Override
    public MemorySegment view(long gpa, long length) {
        return slice(gpa, length).asReadOnly();
    }

    @Override
    public long hostAddress(long gpa, long length) {
        int region = region(gpa, length);
        // NATIVE: for the kernel only; `length` bytes from there are in the region, and live as long as its arena.
        return addresses[region] + (gpa - bases[region]);
    }

    @Override
    public byte getByte(long gpa) {
        int region = region(gpa, 1);
        return segments[region].get(ValueLayout.JAVA_BYTE, gpa - bases[region]);
    }

    @Override
    public short getShort(long gpa) {
        int region = region(gpa, Short.BYTES);
        return segments[region].get(SHORT, gpa - bases[region]);
    }

    @Override
    public int getInt(long gpa) {
        int region = region(gpa, Integer.BYTES);
        return segments[region].get(INT, gpa - bases[region]);
    }

    @Override
    public long getLong(long gpa) {
        int region = region(gpa, Long.BYTES);
        return segments[region].get(LONG, gpa - bases[region]);
    }

    @Override
    public void putByte(long gpa, byte value) {
        int region = region(gpa, 1);
        segments[region].set(ValueLayout.JAVA_BYTE, gpa - bases[region], value);
    }

    @Override
    public void putShort(long gpa, short value) {
        int region = region(gpa, Short.BYTES);
        segments[region].set(SHORT, gpa - bases[region], value);
    }

    @Override
    public void putInt(long gpa, int value) {
        int region = region(gpa, Integer.BYTES);
        segments[region].set(INT, gpa - bases[region], value);
    }

    @Override
    public void putLong(long gpa, long value) {
        int region = region(gpa, Long.BYTES);
        segments[region].set(LONG, gpa - bases[region], value);
    }

    @Override
    public short loadShortAcquire(long gpa) {
        int region = alignedRegion(gpa);
        return (short) ALIGNED_SHORT.getAcquire(segments[region], gpa - bases[region]);
    }

    @Override
    public void storeShortRelease(long gpa, short value) {
        int region = alignedRegion(gpa);
        ALIGNED_SHORT.setRelease(segments[region], gpa - bases[region], value);
    }

    @Override
    public void read(long gpa, byte[] into, int offset, int length) {
        int region = region(gpa, length);
        MemorySegment.copy(segments[region], ValueLayout.JAVA_BYTE, gpa - bases[region], into, offset, length);
    }

    @Override
    public void write(long gpa, byte[] from, int offset, int length) {
        int region = region(gpa, length);
        MemorySegment.copy(from, offset, segments[region], ValueLayout.JAVA_BYTE, gpa - bases[region], length);
    }

    @Override
    public void read(long gpa, MemorySegment into, long offset, long length) {
        int region = region(gpa, length);
        MemorySegment.copy(segments[region], gpa - bases[region], into, offset, length);
    }

    @Override
    public void write(long gpa, MemorySegment from, long offset, long length) {
        int region = region(gpa, length);
        MemorySegment.copy(from, offset, segments[region], gpa - bases[region], length);
    }

    @Override
    public void zero(long gpa, long length) {
        slice(gpa, length).fill((byte) 0);
    }

    @Override
    public int discard(long gpa, long length) {
        if ((gpa & (PAGE - 1)) != 0 || (length & (PAGE - 1)) != 0) {
            throw new IllegalArgumentException("gpa=0x" + Long.toHexString(gpa) + " and length=0x"
                    + Long.toHexString(length) + " are not multiples of " + PAGE);
        }
        int region = region(gpa, length);
        long offset = gpa - bases[region];
        long begin = (offset + pageSize - 1) & -pageSize;
        long end = (offset + length) & -pageSize;
        if (begin >= end) {
            return 0;
        }
        return discard.discard(regions.get(region), begin, end - begin);
    }

    private int alignedRegion(long gpa) {
        if ((gpa & 1) != 0) {
            throw new IllegalArgumentException("gpa=0x" + Long.toHexString(gpa) + " is not a multiple of 2");
        }
        return region(gpa, Short.BYTES);
    }

    private int region(long gpa, long length) {
        int region = find(gpa, length);
        if (region < 0) {
            throw new MemoryAccessException(gpa, length);
        }
        return region;
    }

    /**
     * The index of the region that has all of the bytes, or -1. VMs have two or three regions: a scan is the fastest
     * search.
     */
    private int find(long gpa, long length) {
        for (int i = 0; i < bases.length; i++) {
            long offset = gpa - bases[i];
            if (offset >= 0 && length >= 0 && offset <= sizes[i] - length) {
                return i;
            }
        }
        return -1;
    }
}
