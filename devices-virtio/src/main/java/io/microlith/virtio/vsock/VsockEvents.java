// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

/** What an embedder can count of a socket device. Called on the device's loop: return at once. */
public interface VsockEvents {
    /** Counts nothing. */
    VsockEvents NONE = new VsockEvents() {};

    /** A connection is open. */
    default void onOpened(int hostPort, int guestPort) {}

    /** A connection that was open is no more. */
    default void onClosed(int hostPort, int guestPort) {}

    /** A connection was refused, by either side, or for want of an answer or of room. */
    default void onRefused(int hostPort, int guestPort) {}

    /** Bytes went to the guest. */
    default void onToGuest(long bytes) {}

    /** Bytes came from the guest, for the host. */
    default void onToHost(long bytes) {}

    /** The guest broke a rule: a packet was dropped, or its connection reset. */
    default void onViolation() {}
}
