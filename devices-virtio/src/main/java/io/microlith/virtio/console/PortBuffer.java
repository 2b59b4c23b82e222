// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;
import java.util.Objects;

/**
 * Buffers of the guest that a {@link PortBackend} fills or takes from. Valid during the call. Nothing here allocates.
 */
public final class PortBuffer {
    private final DescriptorChain chain;
    private final IoVector vector;
    private Direction direction = Direction.FILL;
    private long begin;
    private long size;

    private enum Direction {
        FILL,
        TAKE
    }

    PortBuffer(DescriptorChain chain, int capacity) {
        this.chain = chain;
        vector = new IoVector(capacity);
    }

    /** Becomes the writable part of the chain, or as much of it as is given. */
    PortBuffer toFill(long most) {
        return set(Direction.FILL, 0, Math.min(most, chain.writableBytes()));
    }

    /** Becomes the readable part of the chain from some place on, or as much of it as is given. */
    PortBuffer toTake(long from, long most) {
        return set(Direction.TAKE, from, Math.min(most, chain.readableBytes() - from));
    }

    private PortBuffer set(Direction which, long from, long bytes) {
        direction = which;
        begin = from;
        size = bytes;
        return this;
    }

    /** How many bytes there are to fill or to take, at least 1. */
    public long size() {
        return size;
    }

    /**
     * The buffers for a system call that fills or takes them. May have less than {@link #size}, for very many buffers;
     * the next call replaces it.
     */
    public IoVector vector() {
        vector.clear();
        if (direction == Direction.FILL) {
            chain.gatherWritable(vector, begin, size);
        } else {
            chain.gatherReadable(vector, begin, size);
        }
        return vector;
    }

    /** Copies into what is to be filled: for backends in Java. */
    public void put(long to, byte[] from, int offset, int length) {
        Objects.checkFromIndexSize(to, length, size);
        require(direction == Direction.FILL && chain.write(to, from, offset, length));
    }

    /** Copies from what is to be taken: for backends in Java. */
    public void get(long from, byte[] into, int offset, int length) {
        Objects.checkFromIndexSize(from, length, size);
        require(direction == Direction.TAKE && chain.read(begin + from, into, offset, length));
    }

    private static void require(boolean done) {
        if (!done) {
            throw new IllegalStateException("a port's buffer is filled by read, and taken by write");
        }
    }
}
