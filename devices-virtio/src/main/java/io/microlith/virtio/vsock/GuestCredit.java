// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

/** How much the guest lets the host send on one connection (VIRTIO 1.2, 5.10.6.3). All counts are modulo 2^32. */
final class GuestCredit {
    /** More is not used of it, so that counts can be told before from after. */
    private static final long MOST = 1 << 30;

    private long size;
    private int forwarded;
    private int sent;

    /**
     * Takes what the guest says of its buffer. What it passed on only grows: a packet that was made before another, and
     * comes after it, says nothing new.
     *
     * @param bufferSize what it can hold
     * @param passedOn what it passed on
     * @return whether that can be: it cannot have passed on what it was not sent
     */
    boolean update(int bufferSize, int passedOn) {
        if (passedOn - sent > 0) {
            return false;
        }
        size = Math.min(MOST, Integer.toUnsignedLong(bufferSize));
        if (passedOn - forwarded > 0) {
            forwarded = passedOn;
        }
        return true;
    }

    /** The bytes that may be sent now. */
    long room() {
        return Math.max(0, size - Integer.toUnsignedLong(sent - forwarded));
    }

    /** So many bytes were sent. */
    void send(long bytes) {
        sent += (int) bytes;
    }
}
