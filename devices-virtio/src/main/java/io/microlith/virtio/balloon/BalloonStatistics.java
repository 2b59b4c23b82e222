// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;

/** What a guest says of its memory. It is the guest that says so: nothing of it need be true. */
public final class BalloonStatistics {
    private final Instant time;
    private final long[] values;
    private final int present;

    /** A figure (VIRTIO 1.2, 5.5.6.3, and Linux for the last six). */
    public enum Figure {
        /** Bytes that were swapped in, ever. */
        SWAP_IN(0),
        /** Bytes that were swapped out, ever. */
        SWAP_OUT(1),
        /** Page faults that waited for a disk, ever. */
        MAJOR_FAULTS(2),
        /** Page faults that did not, ever. */
        MINOR_FAULTS(3),
        /** Bytes that are not used for anything. */
        FREE_MEMORY(4),
        /** Bytes of memory. */
        TOTAL_MEMORY(5),
        /** Bytes that programs could have without swapping. */
        AVAILABLE_MEMORY(6),
        /** Bytes of disks' contents that could be dropped. */
        DISK_CACHES(7),
        /** Huge pages that were given out, ever. */
        HUGE_PAGE_ALLOCATIONS(8),
        /** Huge pages that could not be, ever. */
        HUGE_PAGE_FAILURES(9),
        /** Programs that were ended for want of memory, ever. */
        OOM_KILLS(10),
        /** How often somebody waited for memory, ever. */
        ALLOCATION_STALLS(11),
        /** Pages looked at in the background, ever. */
        ASYNC_SCANS(12),
        /** Pages looked at by who waited, ever. */
        DIRECT_SCANS(13),
        /** Pages made free in the background, ever. */
        ASYNC_RECLAIMS(14),
        /** Pages made free by who waited, ever. */
        DIRECT_RECLAIMS(15);

        private final int tag;

        Figure(int tag) {
            this.tag = tag;
        }
    }

    private BalloonStatistics(Instant time, long[] values, int present) {
        this.time = time;
        this.values = values;
        this.present = present;
    }

    /** When the guest said so. */
    public Instant time() {
        return time;
    }

    /** A figure, or empty if the guest did not say. */
    public OptionalLong get(Figure figure) {
        return (present & 1 << figure.tag) != 0 ? OptionalLong.of(values[figure.tag]) : OptionalLong.empty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(time.toString());
        for (Figure figure : Figure.values()) {
            get(figure)
                    .ifPresent(
                            value -> text.append(' ').append(figure).append('=').append(value));
        }
        return text.toString();
    }

    /** Collects figures, one after the other. */
    static final class Builder {
        private static final int COUNT = Figure.values().length;

        private final long[] values = new long[COUNT];
        private int present;

        /** Takes a figure. Of one that comes twice the last counts, and one that nobody knows is left out. */
        void put(int tag, long value) {
            if (tag < COUNT) {
                values[tag] = value;
                present |= 1 << tag;
            }
        }

        /** What there is, and begins anew. */
        BalloonStatistics take(Instant time) {
            BalloonStatistics taken = new BalloonStatistics(time, Arrays.copyOf(values, COUNT), present);
            present = 0;
            return taken;
        }
    }
}
