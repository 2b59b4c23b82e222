// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.util.BitSet;

/** Pages of a set that are in a row. */
final class PageRuns {
    /** Takes some. */
    @FunctionalInterface
    interface Visitor {
        /** Takes those from one up to another. */
        void visit(int begin, int end) throws IOException;
    }

    private PageRuns() {}

    /**
     * Visits the pages of a set from one up to another, in their order.
     *
     * @param most how many are visited at once
     */
    static void visit(BitSet set, int begin, int end, int most, Visitor visitor) throws IOException {
        for (int page = set.nextSetBit(begin); page >= 0 && page < end; ) {
            int next = Math.min(Math.min(end, set.nextClearBit(page)), page <= end - most ? page + most : end);
            visitor.visit(page, next);
            page = set.nextSetBit(next);
        }
    }

    /** The same of all pages, as many at once as are in a row. */
    static void visit(BitSet set, Visitor visitor) throws IOException {
        visit(set, 0, set.length(), set.length(), visitor);
    }
}
