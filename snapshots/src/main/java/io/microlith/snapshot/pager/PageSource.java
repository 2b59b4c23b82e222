// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Where the pages of a saved memory come from: a file, another host. Used by several threads at once.
 *
 * <p>A source that does not answer keeps its guest waiting, until the pager's patience is over and the machine ends.
 */
public interface PageSource extends AutoCloseable {
    /**
     * Reads pages.
     *
     * @param offset of the first in the saved memory, a multiple of 4096
     * @param into a native segment of whole pages, to be filled
     * @throws IOException if they cannot be had; the machine ends
     */
    void read(long offset, MemorySegment into) throws IOException;

    /** Called when nobody reads any more, but for one who did not come back for longer than the pager's patience. */
    @Override
    void close();
}
