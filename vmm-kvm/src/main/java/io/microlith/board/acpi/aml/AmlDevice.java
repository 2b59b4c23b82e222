// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;

/**
 * A device in the namespace (section 20.2.5.2).
 *
 * @param path its name
 * @param terms the objects that describe it
 */
public record AmlDevice(NamePath path, List<AmlTerm> terms) implements AmlTerm {
    /** Copies the list. */
    public AmlDevice {
        terms = List.copyOf(terms);
    }

    /** A device of these objects. */
    public static AmlDevice of(String path, List<AmlTerm> terms) {
        return new AmlDevice(new NamePath(path), terms);
    }

    @Override
    public void encode(ByteOutput out) {
        new AmlBlock(Opcode.DEVICE, List.of(path, AmlTerm.sequence(terms))).encode(out);
    }
}
