// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * Adds objects to a place of the namespace that exists (section 20.2.5.1).
 *
 * @param path the place
 * @param terms the objects
 */
public record AmlScope(NamePath path, List<AmlTerm> terms) implements AmlTerm {
    /** Copies the list. */
    public AmlScope {
        terms = List.copyOf(terms);
    }

    /** Adds objects to a place. */
    public static AmlScope of(String path, List<AmlTerm> terms) {
        return new AmlScope(new NamePath(path), terms);
    }

    @Override
    public void encode(ByteOutput out) {
        new AmlBlock(Opcode.SCOPE, List.of(path, AmlTerm.sequence(terms))).encode(out);
    }
}
