// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

/** What an embedder can count of a network device. Called on the device's loop: return at once. */
public interface NetEvents {
    /** Counts nothing. */
    NetEvents NONE = new NetEvents() {};

    /** The guest was given a frame of so many bytes. */
    default void onReceived(long bytes) {}

    /** A frame for the guest was lost: its driver gave no buffers that it fits into. */
    default void onReceiveDropped() {}

    /** A frame of the guest's was sent. */
    default void onSent(long bytes) {}

    /**
     * A frame of the guest's was lost.
     *
     * @param errno why the backend did not take it, positive; 0 if the link is down
     */
    default void onSendDropped(int errno) {}

    /** What the driver gave was no frame, no buffer or no command, and was given back as it is. */
    default void onRefused() {}

    /** The driver gave no more buffers, and the next frame waits. */
    default void onStarved() {}

    /** A frame was put off by a rate limiter. */
    default void onThrottled() {}

    /** The backend is gone; the guest sees the link go down. */
    default void onDisconnected() {}
}
