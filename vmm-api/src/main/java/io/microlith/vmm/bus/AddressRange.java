// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

/**
 * A range of guest-physical addresses or of ports.
 *
 * @param base the first address
 * @param size the number of addresses, at least 1; the range does not wrap
 */
public record AddressRange(long base, long size) implements Comparable<AddressRange> {
    /** Refuses a range that is empty, negative or wraps. */
    public AddressRange {
        if (base < 0 || size <= 0 || base + (size - 1) < 0) {
            throw new IllegalArgumentException(
                    "no range [base=0x" + Long.toHexString(base) + " size=0x" + Long.toHexString(size) + "]");
        }
    }

    /** The last address of the range. */
    public long last() {
        return base + (size - 1);
    }

    /** Whether all of {@code length} bytes from {@code address} are inside. */
    public boolean contains(long address, long length) {
        long offset = address - base;
        return length >= 0 && offset >= 0 && offset <= size - length;
    }

    /** Whether all of another range is inside. */
    public boolean contains(AddressRange other) {
        return contains(other.base, other.size);
    }

    /** Whether the two ranges share an address. */
    public boolean overlaps(AddressRange other) {
        return base <= other.last() && other.base <= last();
    }

    /** By base address. */
    @Override
    public int compareTo(AddressRange other) {
        return Long.compare(base, other.base);
    }

    // Written out: those of a record are made at run time, which would be a noticeable part of a small VM's start.

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRange range && base == range.base && size == range.size;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(base) * 31 + Long.hashCode(size);
    }

    /** {@code 0xd0000000-0xd0000fff}. */
    @Override
    public String toString() {
        return "0x" + Long.toHexString(base) + "-0x" + Long.toHexString(last());
    }
}
