// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;

/**
 * Buffers in which the guest receives, several packets' worth: one read of a stream fills them all, behind the places
 * of the packets' headers. Chains that are popped here are given back, to the driver or the queue, before the call that
 * popped them ends.
 */
final class Landing implements VsockSink {
    /** The most packets at once: with Linux's buffers of 4 KiB that is half of a connection's credit. */
    static final int MOST_PACKETS = 32;

    private final DescriptorChain[] chains = new DescriptorChain[MOST_PACKETS];
    private final long[] room = new long[MOST_PACKETS];
    private final IoVector vector = new IoVector(IoVector.MAX_CAPACITY);
    private int count;

    Landing() {
        for (int i = 0; i < MOST_PACKETS; i++) {
            chains[i] = new DescriptorChain(VsockLayout.QUEUE_SIZE);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * Pops chains with room for some bytes, or for fewer. Chains that can hold no payload are given back.
     *
     * @param most the most bytes
     * @param packets the most packets
     * @return how many chains were no good
     */
    int fill(VirtQueue queue, long most, int packets) {
        int refused = 0;
        count = 0;
        vector.clear();
        while (count + refused < packets && vector.bytes() < most && queue.pop(chains[count])) {
            long gathered = chains[count].gatherWritable(vector, VsockHeader.SIZE, most - vector.bytes());
            if (gathered > 0) {
                room[count] = gathered;
                count++;
            } else if (count > 0) {
                // No good, or no room left in the vector: for later, when it is first.
                queue.undoPop();
                break;
            } else {
                queue.addUsed(chains[0].head(), 0);
                refused++;
            }
        }
        return refused;
    }

    /**
     * Gives the guest the first bytes, as packets, and the queue what chains there are beyond.
     *
     * @return how many packets it was
     */
    int deliver(VirtQueue queue, long bytes, VsockHeader header) {
        int packets = 0;
        for (long covered = 0; covered < bytes; covered += room[packets - 1]) {
            packets++;
        }
        undo(queue, packets);
        long left = bytes;
        for (int i = 0; i < packets; i++) {
            long length = Math.min(left, room[i]);
            header.length(length).writeTo(chains[i]);
            queue.addUsed(chains[i].head(), (int) (VsockHeader.SIZE + length));
            left -= length;
        }
        return packets;
    }

    /** Puts all chains back: there was nothing for them. */
    void undo(VirtQueue queue) {
        undo(queue, 0);
    }

    private void undo(VirtQueue queue, int kept) {
        // The last one first, and all before any is given to the driver.
        while (count > kept) {
            queue.undoPop();
            count--;
        }
    }

    @Override
    public long size() {
        return vector.bytes();
    }

    @Override
    public IoVector vector() {
        return vector;
    }

    @Override
    public void put(long to, byte[] from, int offset, int length) {
        if (length > size() - to) {
            throw new IndexOutOfBoundsException("beyond the guest's buffers");
        }
        long skip = to;
        int done = 0;
        for (int i = 0; done < length; i++) {
            int part = (int) Math.min(length - done, Math.max(0, room[i] - skip));
            chains[i].write(VsockHeader.SIZE + skip, from, offset + done, part);
            done += part;
            skip = Math.max(0, skip - room[i]);
        }
    }
}
