// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What decides whether an extent is read as a whole: how fast the medium is, for much at once and for a page, and how
 * dear a page fault. Hosts differ a hundredfold in the one divided by the other.
 *
 * @param byteNanos to read a byte, of many
 * @param pageNanos to read a page on its own
 * @param faultNanos to have a page of memory at its first touch
 */
record ExtentCost(double byteNanos, double pageNanos, double faultNanos) {
    /**
     * What a page on its own costs in units of a fault: to be put there by a system call, the guest's fault or what
     * spares it that, and its share of the changes from thread to thread for pages that nobody foresaw.
     */
    private static final int FAULTS_A_PAGE = 5;

    /**
     * With each known page come so many of those, as the paper on REAP found for most functions (section 4.4): each
     * waits for the medium. Where all of an extent is there, none is.
     */
    private static final double UNFORESEEN = 0.03;

    private static final int TRIALS = 4;
    private static final int PAGES = 8;

    /** From what it took to read an extent and a page, and a trial of this host's page faults. */
    static ExtentCost of(long extentNanos, long pageNanos) {
        // What each read takes, however little it reads, is no part of it: extents that are neighbours are one read. A
        // page that took about as long as an extent was disturbed.
        long most = Math.max(extentNanos - pageNanos, extentNanos / 2);
        return new ExtentCost((double) most / MemoryImage.EXTENT, pageNanos, fault());
    }

    /** The least of some trials: what disturbs one of them, such as code that is new, makes no fault dearer. */
    private static double fault() {
        long nanos = Long.MAX_VALUE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fresh = Mapping.anonymous(TRIALS * PAGES * MemoryImage.PAGE, MemoryImage.PAGE, arena);
            var _ = Mapping.adviseSmallPages(fresh);
            for (int trial = 0; trial < TRIALS; trial++) {
                long begin = System.nanoTime();
                for (int page = 0; page < PAGES; page++) {
                    fresh.set(ValueLayout.JAVA_BYTE, (trial * PAGES + page) * MemoryImage.PAGE, (byte) 1);
                }
                nanos = Math.min(nanos, System.nanoTime() - begin);
            }
        }
        return (double) nanos / PAGES;
    }

    /** Whether to read all of an extent takes less than so many pages of it one by one. */
    boolean favorsWhole(int wanted) {
        double each = MemoryImage.PAGE * byteNanos + FAULTS_A_PAGE * faultNanos + UNFORESEEN * pageNanos;
        return wanted * each > MemoryImage.EXTENT * byteNanos;
    }
}
