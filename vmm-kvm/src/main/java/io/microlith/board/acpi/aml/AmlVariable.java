// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/** An argument or a local variable of a method (sections 20.2.6.1 and 20.2.6.2). */
public enum AmlVariable implements AmlTerm {
    /** The first argument. */
    ARG0(Opcode.ARG0),
    /** The second argument. */
    ARG1(Opcode.ARG0 + 1),
    /** The third argument. */
    ARG2(Opcode.ARG0 + 2),
    /** The fourth argument. */
    ARG3(Opcode.ARG0 + 3),
    /** The first local variable. */
    LOCAL0(Opcode.LOCAL0),
    /** The second local variable. */
    LOCAL1(Opcode.LOCAL0 + 1);

    private final int opcode;

    AmlVariable(int opcode) {
        this.opcode = opcode;
    }

    @Override
    public void encode(ByteOutput out) {
        Opcode.put(out, opcode);
    }
}
