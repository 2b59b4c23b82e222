// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.vmm.memory.GuestMemory;

/**
 * Goes through the ranges of free pages in a chain, a piece at a time: to give 4 GiB back takes the host long. One
 * thread.
 */
final class FreePages {
    /** The most bytes of a piece, whole pages. */
    private static final long PIECE = 32L << 20;

    private final PageRuns pages;

    /** Where in the chain the next piece begins, in bytes of its writable part. */
    private long progress;

    FreePages(PageRuns pages) {
        this.pages = pages;
    }

    /** Gives the next piece back. Returns the bytes that the host took. */
    long next(DescriptorChain chain, GuestMemory memory) {
        long skip = progress;
        chain.rewind();
        while (chain.next()) {
            if (!chain.deviceWritable()) {
                continue;
            }
            if (skip < chain.length()) {
                long begin = chain.address() + skip;
                long length = chain.length() - skip;
                if (length > PIECE) {
                    // Ends with a page, so that none is in two pieces.
                    length = ((begin + PIECE) & -PIECE) - begin;
                }
                progress += length;
                pages.addRange(begin, length, memory);
                return pages.finish(memory);
            }
            skip -= chain.length();
        }
        return 0;
    }

    /** Whether that was the chain's last piece, and then begins anew. */
    boolean isDone(DescriptorChain chain) {
        boolean done = progress >= chain.writableBytes();
        if (done) {
            progress = 0;
        }
        return done;
    }

    void reset() {
        progress = 0;
    }
}
