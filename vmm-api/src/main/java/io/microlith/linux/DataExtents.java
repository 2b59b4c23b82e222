// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.io.IOException;

/** The parts of a sparse file that have data; see lseek(2), SEEK_DATA. Any thread. */
public final class DataExtents {
    /** Takes one part. */
    @FunctionalInterface
    public interface Visitor {
        /** The part from one offset up to another. */
        void visit(long begin, long end) throws IOException;
    }

    private DataExtents() {}

    /**
     * Visits the parts of a file between two offsets, in their order. Moves the descriptor's own place.
     *
     * @throws IOException if the kernel does not tell, or the visitor throws it
     */
    public static void visit(Pollable file, long begin, long end, Visitor visitor) throws IOException {
        long data = place(PosixIo.nextData(file, begin), end);
        while (data < end) {
            long hole = place(PosixIo.nextHole(file, data), end);
            visitor.visit(data, hole);
            data = place(PosixIo.nextData(file, hole), end);
        }
    }

    private static long place(long found, long end) throws IOException {
        if (found == -Errno.ENXIO) {
            return end;
        }
        if (found < 0) {
            throw new IOException("lseek failed: " + Errno.describe((int) -found));
        }
        return Math.min(found, end);
    }
}
