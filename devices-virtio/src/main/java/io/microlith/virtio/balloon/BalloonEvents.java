// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.vmm.memory.Size;

/** What an embedder can count of a balloon. Called on the device's loop, but for {@link #onActual}: return at once. */
public interface BalloonEvents {
    /** Counts nothing. */
    BalloonEvents NONE = new BalloonEvents() {};

    /** The guest put pages into the balloon; so many bytes of them are the host's again. */
    default void onInflated(long bytes) {}

    /** The guest took pages out of the balloon. */
    default void onDeflated(long bytes) {}

    /** The guest reported free pages; so many bytes of them are the host's again. */
    default void onReported(long bytes) {}

    /** The guest hinted at free pages, when it was asked; so many bytes of them are the host's again. */
    default void onHinted(long bytes) {}

    /** The guest says how large the balloon is. On a vCPU's thread. */
    default void onActual(Size size) {}

    /** The guest said something of its memory. */
    default void onStatistics(BalloonStatistics statistics) {}

    /** A page, or a chain, of the guest's made no sense. */
    default void onRefused() {}

    /**
     * The host kept pages that the guest had given.
     *
     * @param errno the error number, positive
     */
    default void onDiscardFailed(int errno) {}
}
