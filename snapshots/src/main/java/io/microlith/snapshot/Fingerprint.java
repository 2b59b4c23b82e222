// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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

    // What a record has of its own is linked at the first use, and a machine waits for this one.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint fingerprint
                && id.equals(fingerprint.id)
                && checksum == fingerprint.checksum;
    }

    @Override
    public int hashCode() {
        return id.hashCode() ^ checksum;
    }

    @Override
    public String toString() {
        return id + "/" + Integer.toHexString(checksum);
    }
}
