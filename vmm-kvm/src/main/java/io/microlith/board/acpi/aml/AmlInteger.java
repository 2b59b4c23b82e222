// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * A number in its shortest encoding (section 20.2.3).
 *
 * @param value 64 unsigned bits
 */
public record AmlInteger(long value) implements AmlTerm {
    /** The number 0. */
    public static final AmlInteger ZERO = new AmlInteger(0);

    /** The number 1. */
    public static final AmlInteger ONE = new AmlInteger(1);

    @Override
    public void encode(ByteOutput out) {
        if (value == 0) {
            out.putByte(Opcode.ZERO);
        } else if (value == 1) {
            out.putByte(Opcode.ONE);
        } else if (fits(8)) {
            out.putByte(Opcode.BYTE_PREFIX).putByte((int) value);
        } else if (fits(16)) {
            out.putByte(Opcode.WORD_PREFIX).putShort((int) value);
        } else if (fits(32)) {
            out.putByte(Opcode.DWORD_PREFIX).putInt((int) value);
        } else {
            out.putByte(Opcode.QWORD_PREFIX).putLong(value);
        }
    }

    private boolean fits(int bits) {
        return value >>> bits == 0;
    }
}
