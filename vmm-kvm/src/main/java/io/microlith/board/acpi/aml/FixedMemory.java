// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * Memory-mapped registers at a fixed place below 4 GiB (section 6.4.3.4).
 *
 * @param base the first address
 * @param length the number of bytes
 */
public record FixedMemory(long base, long length) implements Resource {
    private static final int TAG = 0x86;
    private static final int LENGTH = 9;
    private static final int WRITABLE = 1;

    /** Refuses what is not below 4 GiB. */
    public FixedMemory {
        if (base < 0 || length < 1 || length >= 1L << 32 || base + length > 1L << 32) {
            throw new IllegalArgumentException("no memory below 4 GiB [base=0x" + Long.toHexString(base) + " length=0x"
                    + Long.toHexString(length) + "]");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        out.putByte(TAG).putShort(LENGTH).putByte(WRITABLE);
        out.putInt((int) base).putInt((int) length);
    }
}
