// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Buffers for one vectored system call, {@code struct iovec[]} of readv(2). Made once and filled again and again:
 * filling it allocates nothing. One thread at a time.
 */
public final class IoVector {
    /** The most buffers that the kernel takes in one call, {@code IOV_MAX}. */
    public static final int MAX_CAPACITY = 1024;

    private static final long ENTRY_SIZE = 16;
    private static final long LENGTH = 8;

    private final int capacity;
    private final MemorySegment entries;
    private int count;
    private long bytes;

    /**
     * Makes an empty vector.
     *
     * @param capacity the most buffers it is to hold, 1 to {@link #MAX_CAPACITY}
     */
    public IoVector(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("capacity=" + capacity + " is not 1 to " + MAX_CAPACITY);
        }
        this.capacity = capacity;
        entries = Arena.ofAuto().allocate(capacity * ENTRY_SIZE, Long.BYTES);
    }

    /** Forgets all buffers. */
    public void clear() {
        count = 0;
        bytes = 0;
    }

    /**
     * Adds a buffer. One that begins where the last one ends makes that one longer.
     *
     * @param address of the buffer in this process: the kernel, not Java, touches it, and fails with {@code EFAULT} if
     *     nothing is mapped there. The caller sees to it that the memory is the buffer's until the call is over
     * @param length bytes; nothing is added for none
     * @return whether there was room
     */
    public boolean add(long address, long length) {
        if (length <= 0) {
            return length == 0;
        }
        long last = (count - 1) * ENTRY_SIZE;
        if (count > 0 && end(last) == address) {
            entries.set(
                    ValueLayout.JAVA_LONG, last + LENGTH, entries.get(ValueLayout.JAVA_LONG, last + LENGTH) + length);
        } else if (count == capacity) {
            return false;
        } else {
            entries.set(ValueLayout.JAVA_LONG, last + ENTRY_SIZE, address);
            entries.set(ValueLayout.JAVA_LONG, last + ENTRY_SIZE + LENGTH, length);
            count++;
        }
        bytes += length;
        return true;
    }

    private long end(long entry) {
        return entries.get(ValueLayout.JAVA_LONG, entry) + entries.get(ValueLayout.JAVA_LONG, entry + LENGTH);
    }

    /** The number of entries the kernel gets. */
    public int count() {
        return count;
    }

    /** The bytes of all buffers together. */
    public long bytes() {
        return bytes;
    }

    /** Whether there is no buffer. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Where the entries are. */
    long address() {
        // NATIVE: the kernel reads `count` entries, during the call only; the caller keeps this object reachable.
        return entries.address();
    }
}
