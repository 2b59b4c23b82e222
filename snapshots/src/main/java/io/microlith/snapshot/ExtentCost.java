// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What decides whether an extent is read as a whole: how fast the medium is, and how dear a page fault. Hosts differ a
 * hundredfold in the one divided by the other.
 *
 * @param byteNanos to read a byte
 * @param faultNanos to have a page of memory at its first touch
 */
record ExtentCost(double byteNanos, double faultNanos) {
    /**
     * A page on its own costs this much in units of a fault: to be put there by a system call, the guest's fault, and
     * its share of what is wanted beside the known pages, a few in a hundred, each of which is waited for as long as
     * for tens of faults: where all of an extent is there, none is.
     */
    private static final int FAULTS_A_PAGE = 5;

    private static final int TRIALS = 32;

    /** From what it took to read an extent, and a trial of this host's page faults. */
    static ExtentCost of(long extentNanos) {
        return new ExtentCost((double) extentNanos / MemoryImage.EXTENT, fault());
    }

    private static double fault() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fresh = Mapping.anonymous(TRIALS * MemoryImage.PAGE, MemoryImage.PAGE, arena);
            long begin = System.nanoTime();
            for (int page = 0; page < TRIALS; page++) {
                fresh.set(ValueLayout.JAVA_BYTE, page * MemoryImage.PAGE, (byte) 1);
            }
            return (double) (System.nanoTime() - begin) / TRIALS;
        }
    }

    /** Whether to read all of an extent takes less than so many pages of it one by one. */
    boolean favorsWhole(int wanted) {
        return wanted * (MemoryImage.PAGE * byteNanos + FAULTS_A_PAGE * faultNanos) > MemoryImage.EXTENT * byteNanos;
    }
}
