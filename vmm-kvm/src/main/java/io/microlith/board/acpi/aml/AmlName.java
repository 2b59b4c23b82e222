// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * Puts a data object into the namespace under a name (section 20.2.5.1).
 *
 * @param path the name
 * @param value the object
 */
public record AmlName(NamePath path, AmlTerm value) implements AmlTerm {
    /** Names an object. */
    public static AmlName of(String path, AmlTerm value) {
        return new AmlName(new NamePath(path), value);
    }

    /** Names a number. */
    public static AmlName of(String path, long value) {
        return of(path, new AmlInteger(value));
    }

    @Override
    public void encode(ByteOutput out) {
        Opcode.put(out, Opcode.NAME);
        path.encode(out);
        value.encode(out);
    }
}
