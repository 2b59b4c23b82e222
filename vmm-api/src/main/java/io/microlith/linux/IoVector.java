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

    /** Of 64 bits: the address and the length. */
    private static final int ENTRY_WORDS = 2;

    private final int capacity;

    /** The entries, which go to the kernel all at once: an array is cheaper to fill. */
    private final long[] words;

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
        words = new long[capacity * ENTRY_WORDS];
        entries = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, words.length);
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
        int last = (count - 1) * ENTRY_WORDS;
        if (count > 0 && words[last] + words[last + 1] == address) {
            words[last + 1] += length;
        } else if (count == capacity) {
            return false;
        } else {
            words[last + ENTRY_WORDS] = address;
            words[last + ENTRY_WORDS + 1] = length;
            count++;
        }
        bytes += length;
        return true;
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

    /** Where the entries are that were added so far. */
    long address() {
        MemorySegment.copy(words, 0, entries, ValueLayout.JAVA_LONG, 0, count * ENTRY_WORDS);
        // NATIVE: the kernel reads `count` entries, during the call only; the caller keeps this object reachable.
        return entries.address();
    }
}
