// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.DataExtents;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The pages of a layer's file, which is open. Used by several threads at once. */
interface LayerSource extends AutoCloseable {
    /**
     * Reads pages.
     *
     * @param place of the first among the layer's pages, in bytes
     * @param into a native segment of whole pages, to be filled
     */
    void read(long place, MemorySegment into) throws IOException;

    /**
     * Visits the parts between two places that may have something else than zeros, in whole pages and each page once.
     * For one thread.
     */
    void visitData(long begin, long end, DataExtents.Visitor visitor) throws IOException;

    /** When nobody reads any more. */
    @Override
    void close();
}
