// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.linux.IoVector;
import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A chain of buffers that a driver made available, and a cursor over it. Made once, filled by each
 * {@link VirtQueue#pop}; filling it allocates nothing. One thread at a time.
 *
 * <p>The descriptors were read once, when the chain was popped: what the driver changes later is not seen. All buffers
 * of a chain that is not {@linkplain #faulted faulted} are in guest memory, those to read before those to write (VIRTIO
 * 1.2, 2.7.4.2), and not more than 4 GiB together (2.7.5.2). The buffers' contents can change at any time. Buffers of
 * no bytes are left out.
 */
public final class DescriptorChain {
    /** The most bytes of a chain. */
    static final long MAX_BYTES = 1L << 32;

    private final long[] addresses;
    private final long[] lengths;
    private @Nullable GuestMemory memory;
    private int head;
    private int count;
    private int readableCount;
    private long readableBytes;
    private long writableBytes;
    private boolean faulted;
    private int cursor;

    /**
     * Makes room for a chain.
     *
     * @param capacity the most buffers: the size of the largest queue it is used with
     */
    public DescriptorChain(int capacity) {
        addresses = new long[capacity];
        lengths = new long[capacity];
    }

    /** Begins anew, with no buffer. */
    void begin(int newHead, GuestMemory in) {
        head = newHead;
        memory = in;
        count = 0;
        readableCount = 0;
        readableBytes = 0;
        writableBytes = 0;
        faulted = false;
        cursor = -1;
    }

    /** Adds the buffer of a descriptor with {@link DescriptorLayout}'s flags. Returns whether it keeps the rules. */
    boolean add(long address, long length, int flags) {
        return (flags & DescriptorLayout.F_WRITE) != 0 ? addWritable(address, length) : addReadable(address, length);
    }

    private boolean addReadable(long address, long length) {
        // A buffer to read after one to write.
        if (writableBytes != 0 || !add(address, length)) {
            return false;
        }
        readableBytes += length;
        readableCount = count;
        return true;
    }

    private boolean addWritable(long address, long length) {
        if (!add(address, length)) {
            return false;
        }
        writableBytes += length;
        return true;
    }

    private boolean add(long address, long length) {
        if (length == 0) {
            return true;
        }
        if (count == addresses.length
                || length > MAX_BYTES - readableBytes - writableBytes
                || !memory().contains(address, length)) {
            return false;
        }
        addresses[count] = address;
        lengths[count] = length;
        count++;
        return true;
    }

    /** Notes that the chain breaks a rule, and leaves it without buffers. */
    void fault() {
        begin(head, memory());
        faulted = true;
    }

    /** What names the chain towards its queue. */
    public int head() {
        return head;
    }

    /** Whether the driver broke a rule with this chain. It has no buffers then, which is not the same as its end. */
    public boolean faulted() {
        return faulted;
    }

    /** Goes to the next buffer, at first to the first. Returns whether there is one. */
    public boolean next() {
        if (cursor + 1 >= count) {
            return false;
        }
        cursor++;
        return true;
    }

    /** Goes back to where {@link #next} goes to the first buffer. */
    public void rewind() {
        cursor = -1;
    }

    /** The guest-physical address of the buffer that {@link #next} went to. */
    public long address() {
        return addresses[cursor];
    }

    /** The bytes of that buffer, at least 1. */
    public long length() {
        return lengths[cursor];
    }

    /** Whether the device may write that buffer, and not read it. */
    public boolean deviceWritable() {
        return cursor >= readableCount;
    }

    /** The bytes of all buffers that the device may read. */
    public long readableBytes() {
        return readableBytes;
    }

    /** The bytes of all buffers that the device may write. */
    public long writableBytes() {
        return writableBytes;
    }

    /**
     * Copies from the readable part.
     *
     * @param from where in the readable part, in bytes
     * @return whether all of that is in the readable part; nothing is copied otherwise
     */
    public boolean read(long from, byte[] into, int offset, int length) {
        if (from < 0 || length < 0 || from > readableBytes - length) {
            return false;
        }
        long skip = from;
        int done = 0;
        for (int i = 0; i < readableCount && done < length; i++) {
            int part = (int) Math.min(length - done, Math.max(0, lengths[i] - skip));
            if (part > 0) {
                memory().read(addresses[i] + skip, into, offset + done, part);
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        return true;
    }

    /** Copies from the readable part into a segment, as the other {@code read} does. Allocates nothing. */
    public boolean read(long from, MemorySegment into, long offset, long length) {
        if (from < 0 || length < 0 || from > readableBytes - length) {
            return false;
        }
        long skip = from;
        long done = 0;
        for (int i = 0; i < readableCount && done < length; i++) {
            long part = Math.min(length - done, Math.max(0, lengths[i] - skip));
            if (part > 0) {
                memory().read(addresses[i] + skip, into, offset + done, part);
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        return true;
    }

    /**
     * Copies into the writable part.
     *
     * @param to where in the writable part, in bytes
     * @return whether all of that is in the writable part; nothing is copied otherwise
     */
    public boolean write(long to, byte[] from, int offset, int length) {
        if (to < 0 || length < 0 || to > writableBytes - length) {
            return false;
        }
        long skip = to;
        int done = 0;
        for (int i = readableCount; i < count && done < length; i++) {
            int part = (int) Math.min(length - done, Math.max(0, lengths[i] - skip));
            if (part > 0) {
                memory().write(addresses[i] + skip, from, offset + done, part);
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        return true;
    }

    /**
     * Gathers buffers of the readable part for a system call that reads them, with no copy.
     *
     * @param into gets them, as many as it has room for
     * @param from where in the readable part to begin, in bytes
     * @param length the most bytes
     * @return how many bytes were gathered
     */
    public long gatherReadable(IoVector into, long from, long length) {
        return gather(into, 0, readableCount, from, length);
    }

    /** Gathers buffers of the writable part for a system call that fills them, as {@link #gatherReadable} does. */
    public long gatherWritable(IoVector into, long from, long length) {
        return gather(into, readableCount, count, from, length);
    }

    private long gather(IoVector into, int first, int end, long from, long length) {
        long skip = from;
        long done = 0;
        for (int i = first; i < end && done < length; i++) {
            long part = Math.min(length - done, lengths[i] - skip);
            if (part > 0) {
                // NATIVE: for the kernel; the buffer was found to be in guest memory when it was popped.
                if (!into.add(memory().hostAddress(addresses[i] + skip, part), part)) {
                    return done;
                }
                done += part;
            }
            skip = Math.max(0, skip - lengths[i]);
        }
        return done;
    }

    private GuestMemory memory() {
        GuestMemory known = memory;
        if (known == null) {
            throw new IllegalStateException("no chain was popped into this");
        }
        return known;
    }
}
