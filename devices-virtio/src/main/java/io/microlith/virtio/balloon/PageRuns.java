// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.OccurrenceLog;
import io.microlith.vmm.memory.GuestMemory;

/**
 * Gives pages of the guest's back to the host, as many at once as lie side by side, however the guest orders them.
 * Allocates nothing. One thread.
 */
final class PageRuns {
    private static final long PAGE = 1L << BalloonLayout.PAGE_SHIFT;

    private final BalloonEvents events;
    private final OccurrenceLog failures;
    private long begin;
    private long end;
    private long discarded;

    PageRuns(BalloonEvents events, OccurrenceLog failures) {
        this.events = events;
        this.failures = failures;
    }

    /** Adds the page of a number that the guest chose. */
    void addPage(long number, GuestMemory memory) {
        long address = number << BalloonLayout.PAGE_SHIFT;
        if (address == end && memory.contains(begin, end + PAGE - begin)) {
            end += PAGE;
        } else if (address + PAGE == begin && end > begin && memory.contains(address, end - address)) {
            begin = address;
        } else {
            discard(memory);
            if (memory.contains(address, PAGE)) {
                begin = address;
                end = address + PAGE;
            } else {
                events.onRefused();
            }
        }
    }

    /** Adds the whole pages of a range that is in guest memory. */
    void addRange(long address, long length, GuestMemory memory) {
        discard(memory);
        begin = (address + PAGE - 1) & -PAGE;
        end = Math.max(begin, (address + length) & -PAGE);
    }

    /** Gives all that was added back. Returns the bytes that the host took since this was last asked. */
    long finish(GuestMemory memory) {
        discard(memory);
        long bytes = discarded;
        discarded = 0;
        return bytes;
    }

    private void discard(GuestMemory memory) {
        if (end > begin) {
            int result = memory.discard(begin, end - begin);
            if (result == 0) {
                discarded += end - begin;
            } else {
                failures.add(result);
                events.onDiscardFailed(-result);
            }
        }
        begin = 0;
        end = 0;
    }
}
