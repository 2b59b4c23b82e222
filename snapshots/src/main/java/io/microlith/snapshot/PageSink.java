// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Takes the pages of a memory file in their order; what it is not given is zeros. For one thread. */
interface PageSink extends AutoCloseable {
    /**
     * Takes pages in a row.
     *
     * @param pages native memory
     * @param place where they are in the file, in bytes: behind those before
     */
    void write(MemorySegment pages, long place) throws IOException;

    /**
     * Nothing more comes.
     *
     * @param size the bytes of all pages
     * @return what the state has to say about the file
     */
    List<Section> finish(long size) throws IOException;

    /** Gives back what it needed, whether it was finished or not. */
    @Override
    void close();
}
