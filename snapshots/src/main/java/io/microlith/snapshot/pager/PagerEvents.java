// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

/**
 * Hears what a machine's pager does. Called on the pager's threads and those of devices, perhaps several at once;
 * returns soon, for a guest waits: who keeps it longer than the pager's patience ends its machine. Touches none of the
 * machine's memory, for the page it waited for might be brought by the thread that it keeps.
 */
public interface PagerEvents {
    /** Hears nothing. */
    PagerEvents NONE = new PagerEvents() {};

    /**
     * Pages were brought because somebody wanted them: a vCPU, a system call or a device.
     *
     * @param page the number of the first in the saved memory
     * @param count how many, one after the other
     * @param nanos how long it took from when the pager heard of it
     */
    default void onMiss(long page, long count, long nanos) {}

    /**
     * Pages were there before anybody wanted them.
     *
     * @param pages how many
     * @param nanos how long that took, reading included
     */
    default void onPrefetch(long pages, long nanos) {}
}
