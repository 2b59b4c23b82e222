// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Frames on their way to one port of a switch: its length before each, in eight bytes, and each at a multiple of eight.
 * Any thread puts frames in, one takes them out and is not waited for: what finds no room is lost. Allocates nothing.
 */
final class FrameRing {
    static final int CAPACITY = 1 << 20;

    private static final int ALIGNMENT = Long.BYTES;

    /** In place of a length: the next frame is at the ring's begin. */
    private static final long WRAP = -1;

    // Not closed: who puts a frame in may do so while the port is unplugged.
    private final MemorySegment ring = Arena.ofAuto().allocate(CAPACITY, ALIGNMENT);

    /** How much was ever put in, and taken out. Each is written by one side. */
    private volatile long tail;

    private volatile long head;

    /** Puts a frame in. Returns whether there was room. */
    synchronized boolean offer(MemorySegment from, long offset, int length) {
        long start = tail;
        long need = size(length);
        long before = CAPACITY - place(start);
        long skip = before < need ? before : 0;
        if (start + skip + need - head > CAPACITY) {
            return false;
        }
        if (skip != 0) {
            ring.set(ValueLayout.JAVA_LONG, place(start), WRAP);
        }
        long at = place(start + skip);
        ring.set(ValueLayout.JAVA_LONG, at, length);
        MemorySegment.copy(from, offset, ring, at + ALIGNMENT, length);
        // The store publishes what was put in, and the wrap.
        tail = start + skip + need;
        return true;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Takes a frame out, if there is one. Returns the bytes received, or 0. */
    long take(RxFrame into) {
        long at = head;
        if (at == tail) {
            return 0;
        }
        long length = ring.get(ValueLayout.JAVA_LONG, place(at));
        if (length == WRAP) {
            at += CAPACITY - place(at);
            length = ring.get(ValueLayout.JAVA_LONG, place(at));
        }
        long bytes = into.put(ring, place(at) + ALIGNMENT, length);
        head = at + size((int) length);
        return bytes;
    }

    private static long size(int length) {
        return ALIGNMENT + (length + ALIGNMENT - 1L & -ALIGNMENT);
    }

    private static long place(long position) {
        return position & CAPACITY - 1;
    }
}
