// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of an object in the ACPI namespace, as ASL writes it (section 20.2.2): {@code _HID}, {@code \_SB.PCI0},
 * {@code ^FOO}.
 *
 * @param text optionally a backslash or carets, then segments of one to four of {@code A-Z 0-9 _} with dots in between;
 *     none starts with a digit
 */
public record NamePath(String text) implements AmlTerm {
    private static final Pattern VALID =
            Pattern.compile("(\\\\|\\^*)[A-Z_][A-Z0-9_]{0,3}(\\.[A-Z_][A-Z0-9_]{0,3})*|\\\\");
    private static final int MOST_SEGMENTS = 255;

    /** Refuses what is no name. */
    public NamePath {
        if (!VALID.matcher(text).matches() || segments(text).size() > MOST_SEGMENTS) {
            throw new IllegalArgumentException("no ACPI name [text=" + text + "]: segments of one to four of A-Z, 0-9"
                    + " and _, the first no digit, with dots in between");
        }
    }

    @Override
    public void encode(ByteOutput out) {
        List<String> segments = segments(text);
        out.putAscii(prefix(text));
        switch (segments.size()) {
            case 0 -> out.putByte(Opcode.ZERO);
            case 1 -> {}
            case 2 -> out.putByte(Opcode.DUAL_NAME_PREFIX);
            default -> out.putByte(Opcode.MULTI_NAME_PREFIX).putByte(segments.size());
        }
        segments.forEach(segment -> out.putAscii(segment + "_".repeat(4 - segment.length())));
    }

    private static String prefix(String text) {
        int end = 0;
        while (end < text.length() && (text.charAt(end) == '\\' || text.charAt(end) == '^')) {
            end++;
        }
        return text.substring(0, end);
    }

    private static List<String> segments(String text) {
        String names = text.substring(prefix(text).length());
        return names.isEmpty() ? List.of() : Arrays.asList(names.split("\\.", -1));
    }
}
