// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import org.jspecify.annotations.Nullable;

/** An amount of memory. */
public record Size(long bytes) implements Comparable<Size> {
    /** Refuses a negative amount. */
    public Size {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative size: " + bytes);
        }
    }

    /** A size in bytes. */
    public static Size bytes(long count) {
        return new Size(count);
    }

    /** A size in KiB. */
    public static Size kibibytes(long count) {
        return new Size(Math.multiplyExact(count, 1L << 10));
    }

    /** A size in MiB. */
    public static Size mebibytes(long count) {
        return new Size(Math.multiplyExact(count, 1L << 20));
    }

    /** A size in GiB. */
    public static Size gibibytes(long count) {
        return new Size(Math.multiplyExact(count, 1L << 30));
    }

    // Every machine's size is compared at its start, and what a record has of its own is linked at the first use: that
    // takes longer than to read a snapshot's state.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Size size && bytes == size.bytes;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(bytes);
    }

    @Override
    public int compareTo(Size other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The size in the largest binary unit that divides it: {@code 256 MiB}. */
    @Override
    public String toString() {
        if (bytes == 0) {
            return "0 B";
        }
        String[] units = {"B", "KiB", "MiB", "GiB"};
        int unit = Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.length - 1);
        return (bytes >> (10 * unit)) + " " + units[unit];
    }
}
