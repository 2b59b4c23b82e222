// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/** Opcodes and prefixes of AML, of section 20.3 of the ACPI specification. Only what is used appears here. */
final class Opcode {
    static final int ZERO = 0x00;
    static final int ONE = 0x01;
    static final int NAME = 0x08;
    static final int BYTE_PREFIX = 0x0a;
    static final int WORD_PREFIX = 0x0b;
    static final int DWORD_PREFIX = 0x0c;
    static final int STRING_PREFIX = 0x0d;
    static final int QWORD_PREFIX = 0x0e;
    static final int SCOPE = 0x10;
    static final int BUFFER = 0x11;
    static final int PACKAGE = 0x12;
    static final int METHOD = 0x14;
    static final int DUAL_NAME_PREFIX = 0x2e;
    static final int MULTI_NAME_PREFIX = 0x2f;
    static final int LOCAL0 = 0x60;
    static final int ARG0 = 0x68;
    static final int STORE = 0x70;
    static final int AND = 0x7b;
    static final int OR = 0x7d;
    static final int NOTIFY = 0x86;
    static final int CREATE_DWORD_FIELD = 0x8a;
    static final int LOGICAL_NOT = 0x92;
    static final int LOGICAL_EQUAL = 0x93;
    static final int IF = 0xa0;
    static final int ELSE = 0xa1;
    static final int RETURN = 0xa4;
    static final int DEVICE = 0x5b82;

    private Opcode() {}

    /** Appends an opcode of one byte or two. */
    static void put(ByteOutput out, int opcode) {
        if (opcode > 0xff) {
            out.putByte(opcode >> 8);
        }
        out.putByte(opcode);
    }
}
