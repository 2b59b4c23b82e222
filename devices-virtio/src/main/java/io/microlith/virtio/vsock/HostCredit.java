// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

/** How much the host lets the guest send on one connection (VIRTIO 1.2, 5.10.6.3). All counts are modulo 2^32. */
final class HostCredit {
    private final int size;
    private int received;
    private int forwarded;
    private int announced;

    /**
     * Makes the credit of a connection that begins.
     *
     * @param size what the host holds for it at most, in bytes
     */
    HostCredit(int size) {
        this.size = size;
    }

    int size() {
        return size;
    }

    /** The guest sends. Returns whether it may. */
    boolean receive(long bytes) {
        if (bytes > size - Integer.toUnsignedLong(received - forwarded)) {
            return false;
        }
        received += (int) bytes;
        return true;
    }

    /** So many bytes of what was received need no room any more. */
    void forward(long bytes) {
        forwarded += (int) bytes;
    }

    /** What to tell the guest that was passed on. */
    int forwarded() {
        return forwarded;
    }

    /** The guest was told. */
    void announced() {
        announced = forwarded;
    }

    /**
     * Whether the guest should be told: it believes that less than half of the buffer is free, and there is more. Early
     * enough that it need not stop, and late enough that not every packet has an answer.
     */
    boolean isDue() {
        return announced != forwarded && Integer.toUnsignedLong(received - announced) > size / 2;
    }
}
