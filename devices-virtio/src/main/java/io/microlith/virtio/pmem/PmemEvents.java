// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

/** What an embedder can count of persistent memory. Called on the device's loop: return at once. */
public interface PmemEvents {
    /** Counts nothing. */
    PmemEvents NONE = new PmemEvents() {};

    /** What the guest had written was made to last. */
    default void onFlushed() {}

    /** A request was refused: it broke a rule, or was of a kind that there is not. */
    default void onRefused() {}

    /**
     * A flush failed on the medium.
     *
     * @param errno the error number, positive
     */
    default void onFailed(int errno) {}
}
