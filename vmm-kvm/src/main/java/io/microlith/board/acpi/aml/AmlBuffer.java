// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi.aml;

import java.util.List;
import java.util.UUID;

/** Bytes as an object of their own (section 20.2.5.4). */
public final class AmlBuffer implements AmlTerm {
    private final byte[] bytes;

    /** Makes a buffer of a copy of the bytes. */
    public AmlBuffer(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /** A UUID in the mixed byte order of the ASL macro {@code ToUUID} (section 19.6.142). */
    public static AmlBuffer of(UUID uuid) {
        long high = uuid.getMostSignificantBits();
        return new AmlBuffer(new ByteOutput()
                .putInt((int) (high >>> 32))
                .putShort((int) (high >>> 16))
                .putShort((int) high)
                .putLong(Long.reverseBytes(uuid.getLeastSignificantBits()))
                .toByteArray());
    }

    @Override
    public void encode(ByteOutput out) {
        AmlTerm content = inner -> inner.putBytes(bytes);
        new AmlBlock(Opcode.BUFFER, List.of(new AmlInteger(bytes.length), content)).encode(out);
    }
}
