// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * A choice in a method (section 20.2.5.3).
 *
 * @param condition what is asked
 * @param then what is done if it is not zero
 * @param otherwise what is done if it is zero; may be empty
 */
public record AmlIf(AmlTerm condition, List<AmlTerm> then, List<AmlTerm> otherwise) implements AmlTerm {
    /** Copies the lists. */
    public AmlIf {
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    @Override
    public void encode(ByteOutput out) {
        new AmlBlock(Opcode.IF, List.of(condition, AmlTerm.sequence(then))).encode(out);
        if (!otherwise.isEmpty()) {
            new AmlBlock(Opcode.ELSE, otherwise).encode(out);
        }
    }
}
