// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * The number of bytes in an AML package, itself included (section 20.2.4).
 *
 * <p>Up to 63 fit into one byte. Beyond that the top two bits of the first byte count the bytes that follow, its low
 * four bits are the lowest bits of the number, and each further byte has eight more.
 *
 * @param content the number of bytes that follow this length
 */
record PackageLength(int content) {
    private static final int SHORT_LIMIT = 1 << 6;
    private static final int LIMIT = 1 << 28;

    PackageLength {
        if (content < 0 || content > LIMIT - 1 - 4) {
            throw new IllegalArgumentException("no AML package has " + content + " bytes");
        }
    }

    /** The number of bytes the length itself takes: 1 to 4. */
    int size() {
        if (content + 1 < SHORT_LIMIT) {
            return 1;
        }
        int size = 2;
        while (content + size >= 1 << (8 * size - 4)) {
            size++;
        }
        return size;
    }

    void encode(ByteOutput out) {
        int size = size();
        int total = content + size;
        if (size == 1) {
            out.putByte(total);
            return;
        }
        out.putByte((size - 1) << 6 | (total & 0xf));
        for (int i = 1; i < size; i++) {
            out.putByte(total >> (8 * i - 4));
        }
    }
}
