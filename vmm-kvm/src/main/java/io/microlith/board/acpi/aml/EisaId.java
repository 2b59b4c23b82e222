// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.regex.Pattern;

/**
 * A seven-character plug-and-play id packed into 32 bits, as the ASL macro {@code EisaId} does (section 19.3.4).
 *
 * <p>Three letters of five bits each ({@code A} is 1), then four hexadecimal digits, all most significant first; the
 * four bytes are stored in that order.
 *
 * @param text three capital letters and four capital hexadecimal digits, such as {@code PNP0A08}
 */
public record EisaId(String text) implements AmlTerm {
    private static final Pattern VALID = Pattern.compile("[A-Z]{3}[0-9A-F]{4}");

    /** Refuses what is no such id. */
    public EisaId {
        if (!isValid(text)) {
            throw new IllegalArgumentException(
                    "no EISA id [text=" + text + "]: three capital letters and four hexadecimal digits");
        }
    }

    /** Whether a text is such an id. */
    public static boolean isValid(String text) {
        return VALID.matcher(text).matches();
    }

    /** The 32 bits, as the guest reads them. */
    public int value() {
        int vendor = letter(0) << 10 | letter(1) << 5 | letter(2);
        int product = Integer.parseInt(text, 3, 7, 16);
        return Integer.reverseBytes(vendor << 16 | product);
    }

    @Override
    public void encode(ByteOutput out) {
        out.putByte(Opcode.DWORD_PREFIX).putInt(value());
    }

    private int letter(int index) {
        return text.charAt(index) - 'A' + 1;
    }
}
