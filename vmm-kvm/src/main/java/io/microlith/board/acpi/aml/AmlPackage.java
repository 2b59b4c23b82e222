// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.ArrayList;
import java.util.List;

/**
 * A list of data objects (section 20.2.5.4).
 *
 * @param elements at most 255 of them
 */
public record AmlPackage(List<AmlTerm> elements) implements AmlTerm {
    private static final int MOST_ELEMENTS = 255;

    /** Copies the list and refuses one that is too long. */
    public AmlPackage {
        elements = List.copyOf(elements);
        if (elements.size() > MOST_ELEMENTS) {
            throw new IllegalArgumentException(
                    "an AML package has at most " + MOST_ELEMENTS + " elements, not " + elements.size());
        }
    }

    /** A package of these elements. */
    public static AmlPackage of(AmlTerm... elements) {
        return new AmlPackage(List.of(elements));
    }

    @Override
    public void encode(ByteOutput out) {
        List<AmlTerm> content = new ArrayList<>();
        content.add(inner -> inner.putByte(elements.size()));
        content.addAll(elements);
        new AmlBlock(Opcode.PACKAGE, content).encode(out);
    }
}
