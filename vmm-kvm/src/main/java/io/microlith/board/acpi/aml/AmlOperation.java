// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/** A statement or expression: an operator and its operands (section 20.2.5.4). */
public final class AmlOperation implements AmlTerm {
    private final int opcode;
    private final List<AmlTerm> operands;

    private AmlOperation(int opcode, AmlTerm... operands) {
        this.opcode = opcode;
        this.operands = List.of(operands);
    }

    /** {@code target = source}. */
    public static AmlOperation store(AmlTerm source, AmlTerm target) {
        return new AmlOperation(Opcode.STORE, source, target);
    }

    /** {@code target = left & right}. */
    public static AmlOperation and(AmlTerm left, AmlTerm right, AmlTerm target) {
        return new AmlOperation(Opcode.AND, left, right, target);
    }

    /** {@code target = left | right}. */
    public static AmlOperation or(AmlTerm left, AmlTerm right, AmlTerm target) {
        return new AmlOperation(Opcode.OR, left, right, target);
    }

    /** {@code left == right}. */
    public static AmlOperation equal(AmlTerm left, AmlTerm right) {
        return new AmlOperation(Opcode.LOGICAL_EQUAL, left, right);
    }

    /** {@code left != right}. */
    public static AmlOperation notEqual(AmlTerm left, AmlTerm right) {
        return new AmlOperation(Opcode.LOGICAL_NOT, equal(left, right));
    }

    /** Names four bytes of a buffer so that they can be read and stored to as a number. */
    public static AmlOperation createDwordField(AmlTerm buffer, int offset, NamePath name) {
        return new AmlOperation(Opcode.CREATE_DWORD_FIELD, buffer, new AmlInteger(offset), name);
    }

    /** Tells the drivers of a device that something happened to it; what, is a number of section 5.6.6. */
    public static AmlOperation notify(NamePath device, int what) {
        return new AmlOperation(Opcode.NOTIFY, device, new AmlInteger(what));
    }

    /** Ends the method with a value. */
    public static AmlOperation giveBack(AmlTerm value) {
        return new AmlOperation(Opcode.RETURN, value);
    }

    @Override
    public void encode(ByteOutput out) {
        Opcode.put(out, opcode);
        operands.forEach(operand -> operand.encode(out));
    }
}
