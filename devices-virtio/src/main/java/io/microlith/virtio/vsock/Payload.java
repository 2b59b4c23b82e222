// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;

/** What the guest sends in one packet, or the rest of it. */
final class Payload implements VsockSource {
    private final DescriptorChain chain;
    private final IoVector vector = new IoVector(VsockLayout.QUEUE_SIZE);
    private long begin;
    private long size;

    /** Makes the payload of whatever packet is in a chain. */
    Payload(DescriptorChain chain) {
        this.chain = chain;
    }

    /** The first bytes behind the header, which are in the chain. */
    Payload of(long bytes) {
        begin = VsockHeader.SIZE;
        size = bytes;
        return this;
    }

    /** Some of it went on its way. */
    void skip(long bytes) {
        begin += bytes;
        size -= bytes;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public IoVector vector() {
        vector.clear();
        chain.gatherReadable(vector, begin, size);
        return vector;
    }

    @Override
    public void get(long from, byte[] into, int offset, int length) {
        if (length > size - from || !chain.read(begin + from, into, offset, length)) {
            throw new IndexOutOfBoundsException("beyond the packet's payload");
        }
    }
}
