// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

/** What an embedder can count of an entropy device. Called on the device's loop: return at once. */
public interface RngEvents {
    /** Counts nothing. */
    RngEvents NONE = new RngEvents() {};

    /** The guest was given random bytes. */
    default void onFilled(long bytes) {}

    /** A request was completed with nothing, for it broke a rule. */
    default void onRefused() {}

    /**
     * A request was completed with nothing, for the source failed.
     *
     * @param errno the error number, positive
     */
    default void onSourceFailed(int errno) {}
}
