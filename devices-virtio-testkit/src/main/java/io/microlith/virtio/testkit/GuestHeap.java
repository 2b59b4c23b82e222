// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.vmm.memory.GuestMemory;

/** Hands out guest memory, never to take it back. One thread. */
public final class GuestHeap {
    private final GuestMemory memory;
    private final long end;
    private long next;

    /** Makes a heap of all of a guest's first region but its first 64 KiB. */
    public GuestHeap(GuestMemory memory) {
        this.memory = memory;
        next = memory.regions().getFirst().gpa() + 0x1_0000;
        end = memory.regions().getFirst().range().last() + 1;
    }

    /** The memory it is of. */
    public GuestMemory memory() {
        return memory;
    }

    /**
     * Takes some bytes, all zero.
     *
     * @param alignment a power of two
     * @return their guest-physical address
     */
    public long take(long bytes, long alignment) {
        long address = (next + alignment - 1) & -alignment;
        if (bytes < 0 || bytes > end - address) {
            throw new IllegalStateException("the guest has no " + bytes + " bytes left");
        }
        next = address + bytes;
        memory.zero(address, bytes);
        return address;
    }

    /** Takes some bytes and fills them. */
    public long put(byte... content) {
        long address = take(content.length, 16);
        memory.write(address, content);
        return address;
    }
}
