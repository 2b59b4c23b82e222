// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;
import java.lang.foreign.MemorySegment;

/** A frame that the guest sends, where the guest has it. Valid during the call. Nothing here allocates. */
public final class TxFrame {
    private final DescriptorChain chain;
    private final IoVector vector = new IoVector(NetLayout.QUEUE_SIZE + 1);

    TxFrame(DescriptorChain chain) {
        this.chain = chain;
    }

    /** The bytes of the frame, without its header. */
    public int length() {
        return (int) (chain.readableBytes() - NetLayout.HEADER_SIZE);
    }

    /** Header and frame, for a system call. */
    public IoVector withHeader() {
        vector.clear();
        chain.gatherReadable(vector, 0, chain.readableBytes());
        return vector;
    }

    /** Adds the frame, without its header, to what goes into a system call. Returns whether there was room for it. */
    public boolean addTo(IoVector buffers) {
        return chain.gatherReadable(buffers, NetLayout.HEADER_SIZE, length()) == length();
    }

    /** Copies from the header, which the guest can change meanwhile: read once, check, use. */
    public void getHeader(MemorySegment into, long offset) {
        require(chain.read(0, into, offset, NetLayout.HEADER_SIZE));
    }

    /**
     * Copies from the frame.
     *
     * @param from where in the frame, in bytes
     */
    public void get(long from, MemorySegment into, long offset, long length) {
        require(from >= 0 && chain.read(NetLayout.HEADER_SIZE + from, into, offset, length));
    }

    private static void require(boolean inside) {
        if (!inside) {
            throw new IndexOutOfBoundsException("beyond the frame");
        }
    }
}
