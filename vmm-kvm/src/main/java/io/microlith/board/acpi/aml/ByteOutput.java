// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes as they are put together, numbers in little-endian order as all of ACPI has them. For one thread. */
public final class ByteOutput {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Makes one without a byte. */
    public ByteOutput() {}

    /** Appends the low 8 bits of a value. */
    public ByteOutput putByte(int value) {
        bytes.write(value);
        return this;
    }

    /** Appends the low 16 bits of a value. */
    public ByteOutput putShort(int value) {
        return putByte(value).putByte(value >> 8);
    }

    /** Appends 32 bits. */
    public ByteOutput putInt(int value) {
        return putShort(value).putShort(value >> 16);
    }

    /** Appends 64 bits. */
    public ByteOutput putLong(long value) {
        return putInt((int) value).putInt((int) (value >> 32));
    }

    /** Appends all bytes of an array. */
    public ByteOutput putBytes(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    /** Appends a text of plain ASCII, without a terminator. */
    public ByteOutput putAscii(String text) {
        return putBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Appends bytes of zero. */
    public ByteOutput putZeros(int count) {
        return putBytes(new byte[count]);
    }

    /** The number of bytes so far. */
    public int size() {
        return bytes.size();
    }

    /** A copy of the bytes so far. */
    public byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
