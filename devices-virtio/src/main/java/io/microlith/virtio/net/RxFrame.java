// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.IoVector;
import io.microlith.virtio.queue.DescriptorChain;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where a frame for the guest goes. Nothing here allocates.
 *
 * <p>It goes into the guest's buffers, as many as a frame like the last ones takes; what is longer goes on in memory of
 * the device's own, from where it is copied when more buffers were found for it. So a frame is received whole whatever
 * the guest gave, and most are never copied.
 */
public final class RxFrame {
    private static final int MOST_BYTES = NetLayout.HEADER_SIZE + NetLayout.MOST_FRAME;

    /** One entry of a vector is the overflow. */
    private static final int MOST_BUFFERS = IoVector.MAX_CAPACITY - 1;

    private static final MemorySegment NO_HEADER = MemorySegment.ofArray(new byte[NetLayout.HEADER_SIZE]);

    private final IoVector vector = new IoVector(IoVector.MAX_CAPACITY);

    /** Has a byte of the frame at the place that it has in the frame, if that is beyond the guest's buffers. */
    private final MemorySegment overflow = Arena.ofAuto().allocate(MOST_BYTES, Long.BYTES);

    /** The guest's buffers. */
    private final long[] addresses = new long[MOST_BUFFERS];

    private final long[] lengths = new long[MOST_BUFFERS];
    private int buffers;

    /** The chains that they are of, and the buffers and the bytes up to the end of each. */
    private final int[] heads = new int[NetLayout.QUEUE_SIZE];

    private final int[] bufferEnds = new int[NetLayout.QUEUE_SIZE];
    private final long[] ends = new long[NetLayout.QUEUE_SIZE];
    private int chains;

    private final GuestMemory memory;
    private boolean overflowAdded;
    private boolean full;

    RxFrame(GuestMemory memory) {
        this.memory = memory;
    }

    // For backends.

    /** Room for header and frame, for one system call that fills it. */
    public IoVector vector() {
        if (!overflowAdded && room() < MOST_BYTES) {
            // NATIVE: the kernel fills what is left of the overflow, during the call only; this object keeps it alive.
            vector.add(overflow.address() + room(), MOST_BYTES - room());
            overflowAdded = true;
        }
        return vector;
    }

    /**
     * Puts a frame here, with a header that says nothing.
     *
     * @return the bytes of both
     * @throws IndexOutOfBoundsException if it has more than 67 KiB
     */
    public long put(MemorySegment from, long offset, long length) {
        return put(NO_HEADER, 0, from, offset, length);
    }

    /**
     * Puts a header and a frame here.
     *
     * @return the bytes of both
     * @throws IndexOutOfBoundsException if the frame has more than 67 KiB
     */
    public long put(MemorySegment header, long headerOffset, MemorySegment from, long offset, long length) {
        if (length < 0 || length > NetLayout.MOST_FRAME) {
            throw new IndexOutOfBoundsException("a frame has 0 to " + NetLayout.MOST_FRAME + " bytes, not " + length);
        }
        write(0, header, headerOffset, NetLayout.HEADER_SIZE);
        write(NetLayout.HEADER_SIZE, from, offset, length);
        return NetLayout.HEADER_SIZE + length;
    }

    /** Copies from the frame that was received; the guest may have changed it. */
    public void get(long from, MemorySegment into, long offset, long length) {
        read(NetLayout.HEADER_SIZE + from, into, offset, length);
    }

    // For the device.

    /** Forgets all buffers. */
    void clear() {
        buffers = 0;
        chains = 0;
        vector.clear();
        overflowAdded = false;
        full = false;
    }

    /** Adds a chain's buffers. Returns whether there is room for them. */
    boolean add(DescriptorChain chain) {
        if (chains == heads.length) {
            full = true;
            return false;
        }
        long bytes = Math.min(chain.writableBytes(), MOST_BYTES - room());
        int before = buffers;
        long left = bytes;
        chain.rewind();
        while (left > 0 && chain.next()) {
            if (!chain.deviceWritable()) {
                continue;
            }
            if (buffers == MOST_BUFFERS) {
                buffers = before;
                full = true;
                return false;
            }
            addresses[buffers] = chain.address();
            lengths[buffers] = Math.min(left, chain.length());
            left -= lengths[buffers];
            buffers++;
        }
        if (!overflowAdded) {
            chain.gatherWritable(vector, 0, bytes);
        }
        ends[chains] = room() + bytes;
        bufferEnds[chains] = buffers;
        heads[chains] = chain.head();
        chains++;
        return true;
    }

    /** Whether a chain was refused. */
    boolean isFull() {
        return full;
    }

    int chains() {
        return chains;
    }

    /** The bytes of the buffers. */
    long room() {
        return chains == 0 ? 0 : ends[chains - 1];
    }

    /** Whether a frame of so many bytes, header included, is one. */
    static boolean isFrame(long bytes) {
        return bytes >= NetLayout.HEADER_SIZE + NetLayout.LEAST_FRAME && bytes <= MOST_BYTES;
    }

    /** Copies what is in buffers to its place in the overflow, which then has all of the frame. */
    void keep(long bytes) {
        read(0, overflow, 0, bytes);
    }

    /** Copies what is in the overflow into buffers that were added since. */
    void spread(long from, long to) {
        write(from, overflow, from, to - from);
    }

    /** Puts all chains back into their queue, and forgets all buffers. */
    void undo(VirtQueue queue) {
        undo(queue, 0);
        clear();
    }

    private void undo(VirtQueue queue, int kept) {
        for (int i = kept; i < chains; i++) {
            queue.undoPop();
        }
        chains = kept;
    }

    /** Gives the chains of a frame back to the driver. Those that it has no bytes in are for the next frame. */
    void finish(VirtQueue queue, long bytes) {
        int used = 1;
        while (ends[used - 1] < bytes) {
            used++;
        }
        putByte(NetLayout.NUM_BUFFERS, (byte) used);
        putByte(NetLayout.NUM_BUFFERS + 1, (byte) (used >>> Byte.SIZE));
        long start = 0;
        for (int i = 0; i < used; i++) {
            long end = Math.min(ends[i], bytes);
            queue.prepareUsed(heads[i], (int) (end - start));
            start = end;
        }
        // All at once: a driver that finds fewer buffers than the header says drops the frame (5.1.6.4.1).
        queue.publishUsed();
        if (canKeep(used)) {
            keepFrom(used);
        } else {
            undo(queue, used);
            clear();
        }
    }

    /**
     * Whether the chains behind the first ones are good for the next frame: there are some, none was cut short for this
     * frame, and the first has room for the header.
     */
    private boolean canKeep(int used) {
        return used < chains && room() < MOST_BYTES && ends[used] - ends[used - 1] >= NetLayout.HEADER_SIZE;
    }

    /** Forgets the first chains. To have the others here costs less than to pop them again. */
    private void keepFrom(int used) {
        long bytes = ends[used - 1];
        int first = bufferEnds[used - 1];
        for (int i = used; i < chains; i++) {
            heads[i - used] = heads[i];
            bufferEnds[i - used] = bufferEnds[i] - first;
            ends[i - used] = ends[i] - bytes;
        }
        chains -= used;
        vector.clear();
        overflowAdded = false;
        full = false;
        buffers -= first;
        for (int i = 0; i < buffers; i++) {
            addresses[i] = addresses[first + i];
            lengths[i] = lengths[first + i];
            vector.add(memory.hostAddress(addresses[i], lengths[i]), lengths[i]);
        }
    }

    /** Sets a byte of the header, which is in the first chain. */
    void putByte(int at, byte value) {
        long skip = at;
        int buffer = 0;
        while (skip >= lengths[buffer]) {
            skip -= lengths[buffer];
            buffer++;
        }
        memory.putByte(addresses[buffer] + skip, value);
    }

    private void write(long to, MemorySegment from, long offset, long length) {
        long skip = to;
        long done = 0;
        for (int i = 0; i < buffers && done < length; i++) {
            long part = Math.min(length - done, Math.max(0, lengths[i] - skip));
            if (part > 0) {
                memory.write(addresses[i] + skip, from, offset + done, part);
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        if (done < length) {
            MemorySegment.copy(from, offset + done, overflow, to + done, length - done);
        }
    }

    private void read(long from, MemorySegment into, long offset, long length) {
        long skip = from;
        long done = 0;
        for (int i = 0; i < buffers && done < length; i++) {
            long part = Math.min(length - done, Math.max(0, lengths[i] - skip));
            if (part > 0) {
                memory.read(addresses[i] + skip, into, offset + done, part);
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        if (done < length) {
            MemorySegment.copy(overflow, from + done, into, offset + done, length - done);
        }
    }
}
