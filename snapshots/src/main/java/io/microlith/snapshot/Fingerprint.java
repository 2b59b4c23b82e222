// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What tells a snapshot from any other, and from itself if its state was changed.
 *
 * @param id the snapshot's
 * @param checksum CRC32C of its state file
 */
record Fingerprint(UUID id, int checksum) {
    static final int SIZE = 16 + 4;

    static Fingerprint of(UUID id, byte[] state) {
        CRC32C checksum = new CRC32C();
        checksum.update(state);
        return new Fingerprint(id, (int) checksum.getValue());
    }

    static Fingerprint read(ByteBuffer in) {
        return new Fingerprint(new UUID(in.getLong(), in.getLong()), in.getInt());
    }

    void writeTo(ByteBuffer out) {
        out.putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .putInt(checksum);
    }

    @Override
    public String toString() {
        return id + "/" + Integer.toHexString(checksum);
    }
}
