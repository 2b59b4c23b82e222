// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * A few ports at a fixed place (section 6.4.2.5).
 *
 * @param base the first port, of 16 bits
 * @param length how many: 1 to 255
 */
public record IoPorts(int base, int length) implements Resource {
    private static final int TAG = 0x47;
    private static final int DECODES_16_BITS = 1;

    /** Refuses ports that do not exist. */
    public IoPorts {
        if (base < 0 || length < 1 || length > 0xff || base + length > 0x10000) {
            throw new IllegalArgumentException("no ports [base=" + base + " length=" + length + "]");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        out.putByte(TAG).putByte(DECODES_16_BITS);
        out.putShort(base).putShort(base).putByte(1).putByte(length);
    }
}
