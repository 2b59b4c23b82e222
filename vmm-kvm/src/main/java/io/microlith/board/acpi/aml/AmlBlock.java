// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * An opcode, the length of what follows, and the terms that follow: the shape of everything in AML that nests.
 *
 * @param opcode one byte, or two with the extension prefix {@code 0x5b} in the high one
 * @param content what the length covers
 */
record AmlBlock(int opcode, List<? extends AmlTerm> content) implements AmlTerm {
    AmlBlock {
        content = List.copyOf(content);
    }

    @Override
    public void encode(ByteOutput out) {
        ByteOutput inner = new ByteOutput();
        content.forEach(term -> term.encode(inner));
        Opcode.put(out, opcode);
        new PackageLength(inner.size()).encode(out);
        out.putBytes(inner.toByteArray());
    }
}
