// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Bytes as a value: immutable, and equal to others of the same content, so that states that hold some can be compared.
 */
public final class ByteString {
    /** No bytes. */
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of an array. */
    public static ByteString of(byte... bytes) {
        return new ByteString(bytes.clone());
    }

    /** A copy of {@code length} bytes of an array. */
    public static ByteString of(byte[] bytes, int offset, int length) {
        return new ByteString(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** The number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** The byte at an index, as -128 to 127. */
    public byte at(int index) {
        return bytes[index];
    }

    /** The bytes, in an array of the caller's. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString string && Arrays.equals(bytes, string.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The bytes in hexadecimal. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
