// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * The line with which a program on the host says where it wants to be connected to: {@code CONNECT PORT} and a line
 * feed. Taken byte by byte, for what follows is for the guest.
 */
final class Greeting {
    private static final String COMMAND = "CONNECT ";

    /** The longest there is, with its end. */
    private static final int MOST = COMMAND.length() + "4294967295\n".length();

    private final byte[] line = new byte[MOST];
    private int length;

    /** Takes a byte. Returns whether more are needed. */
    boolean add(byte next) {
        line[length] = next;
        length++;
        return next != '\n' && length < MOST;
    }

    /** The port, once no more bytes are needed; empty if it makes no sense. */
    OptionalInt port() {
        String text = new String(line, 0, length, StandardCharsets.US_ASCII);
        if (!text.startsWith(COMMAND) || !text.endsWith("\n")) {
            return OptionalInt.empty();
        }
        String number = text.substring(COMMAND.length(), length - 1).strip();
        // A sign is no part of a port.
        if (!number.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return OptionalInt.empty();
        }
        try {
            return OptionalInt.of(Integer.parseUnsignedInt(number));
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }
}
