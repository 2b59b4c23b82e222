// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The address of a network card.
 *
 * @param value its six bytes, the first one highest
 */
public record MacAddress(long value) {
    static final int SIZE = 6;

    private static final long MASK = (1L << 48) - 1;
    private static final long MULTICAST = 1L << 40;
    private static final long LOCAL = 1L << 41;
    private static final Pattern TEXT = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    /** Refuses what is no address of one card. */
    public MacAddress {
        if (!isOne(value)) {
            throw new IllegalArgumentException("0x" + Long.toHexString(value)
                    + " is no address of one card: six bytes, the first one even, not all zero");
        }
    }

    static boolean isOne(long value) {
        return (value & ~MASK) == 0 && (value & MULTICAST) == 0 && value != 0;
    }

    /**
     * Reads an address.
     *
     * @param text such as {@code 02:00:00:00:00:01}
     * @throws IllegalArgumentException if it is none
     */
    public static MacAddress of(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not written like 02:00:00:00:00:01");
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /** Makes one up, of those that no maker of cards gives out. It is no secret. */
    public static MacAddress random() {
        return new MacAddress(ThreadLocalRandom.current().nextLong() & MASK & ~MULTICAST | LOCAL);
    }

    /** {@code 02:00:00:00:00:01}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= Byte.SIZE) {
            text.append(shift == 40 ? "" : ":").append(String.format("%02x", value >>> shift & 0xff));
        }
        return text.toString();
    }
}
