// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

/** What an embedder can count of a disk. Called on the device's loop: return at once. */
public interface BlkEvents {
    /** Counts nothing. */
    BlkEvents NONE = new BlkEvents() {};

    /** A request to read was served. */
    default void onRead(long bytes) {}

    /** A request to write was served. */
    default void onWritten(long bytes) {}

    /** What was written was put onto the medium. */
    default void onFlushed() {}

    /** A range was discarded or made zero. */
    default void onTrimmed(long bytes) {}

    /** A request was refused: it broke a rule, or was of a kind that there is not. */
    default void onRefused() {}

    /**
     * A request failed on the medium.
     *
     * @param errno the error number, positive
     */
    default void onFailed(int errno) {}

    /** A request was put off by the rate limiter. */
    default void onThrottled() {}
}
