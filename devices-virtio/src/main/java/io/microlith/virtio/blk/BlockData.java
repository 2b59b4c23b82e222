// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;

/**
 * The data of one request, where the guest has them. Valid during the call into the {@link BlockBackend}. Nothing here
 * allocates.
 */
public final class BlockData {
    /** A request's header comes before what is to be written, and its status after what is read. */
    static final int HEADER_SIZE = 16;

    private final DescriptorChain chain;
    private final IoVector vector;

    BlockData(DescriptorChain chain, IoVector vector) {
        this.chain = chain;
        this.vector = vector;
    }

    /**
     * The buffers that a read from the disk fills, for a system call.
     *
     * @param from where in them to begin, in bytes
     * @param length the most bytes
     * @return may have less, for a chain of very many buffers; the next call replaces it
     */
    public IoVector toFill(long from, long length) {
        vector.clear();
        chain.gatherWritable(vector, from, length);
        return vector;
    }

    /** The buffers that a write to the disk takes, as {@link #toFill}. */
    public IoVector toTake(long from, long length) {
        vector.clear();
        chain.gatherReadable(vector, HEADER_SIZE + from, length);
        return vector;
    }

    /** Copies into what a read from the disk fills: for backends in Java. */
    public void put(long to, byte[] from, int offset, int length) {
        require(chain.write(to, from, offset, length));
    }

    /** Copies from what a write to the disk takes: for backends in Java. */
    public void get(long from, byte[] into, int offset, int length) {
        require(chain.read(HEADER_SIZE + from, into, offset, length));
    }

    private static void require(boolean inside) {
        if (!inside) {
            throw new IndexOutOfBoundsException("beyond the request's data");
        }
    }
}
