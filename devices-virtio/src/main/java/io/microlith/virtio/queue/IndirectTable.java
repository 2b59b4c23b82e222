// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * An indirect descriptor table, read at once: one copy costs less than two checked reads for each descriptor. Made with
 * a queue and filled again for each chain; allocates nothing then.
 */
final class IndirectTable {
    private static final int ENTRY_WORDS = DescriptorLayout.SIZE / Long.BYTES;

    private final long[] words;
    private final MemorySegment bytes;
    private final GuestMemory memory;
    private long begin;
    private int loaded;

    /** For tables of so many descriptors; what a longer one has behind them is read where it is. */
    IndirectTable(int size, GuestMemory memory) {
        words = new long[size * ENTRY_WORDS];
        bytes = MemorySegment.ofArray(words);
        this.memory = memory;
    }

    /** Reads a table, all of which is in memory. */
    void load(long address, long entries) {
        begin = address;
        loaded = (int) Math.min(words.length, entries * ENTRY_WORDS);
        memory.read(address, bytes, 0, (long) loaded * Long.BYTES);
    }

    /** The address of a descriptor's buffer. */
    long address(int index) {
        return word(index * ENTRY_WORDS);
    }

    /** What a descriptor says besides. */
    long rest(int index) {
        return word(index * ENTRY_WORDS + 1);
    }

    private long word(int index) {
        return index < loaded ? words[index] : memory.getLong(begin + (long) index * Long.BYTES);
    }
}
