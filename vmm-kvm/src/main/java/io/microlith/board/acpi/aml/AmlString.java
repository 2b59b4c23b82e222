// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

/**
 * A text (section 20.2.3).
 *
 * @param text ASCII without control characters
 */
public record AmlString(String text) implements AmlTerm {
    /** Refuses other characters. */
    public AmlString {
        if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("no AML string [text=" + text + "]: ASCII without control characters");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        out.putByte(Opcode.STRING_PREFIX).putAscii(text).putByte(0);
    }
}
