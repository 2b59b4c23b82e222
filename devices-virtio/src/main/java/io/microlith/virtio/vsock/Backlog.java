// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.linux.IoVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the guest sent and the host does not take yet, of one connection: a ring, outside the heap so that the kernel
 * can take it from there. No larger than the credit that the guest was given.
 */
final class Backlog implements VsockSource, AutoCloseable {
    private static final int STEP = 1 << 14;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment ring;
    private final IoVector vector = new IoVector(2);
    private final byte[] scratch = new byte[STEP];
    private long begin;
    private long size;

    Backlog(int capacity) {
        ring = arena.allocate(capacity);
    }

    boolean isEmpty() {
        return size == 0;
    }

    @Override
    public long size() {
        return size;
    }

    /** Takes all of a payload; there is room. */
    void add(Payload payload) {
        while (payload.size() > 0) {
            long at = (begin + size) % ring.byteSize();
            int part = (int) Math.min(Math.min(STEP, payload.size()), ring.byteSize() - at);
            if (part > ring.byteSize() - size) {
                throw new IllegalStateException("more than the guest was given credit for");
            }
            payload.get(0, scratch, 0, part);
            MemorySegment.copy(scratch, 0, ring, ValueLayout.JAVA_BYTE, at, part);
            payload.skip(part);
            size += part;
        }
    }

    /** The first bytes went on their way. */
    void remove(long bytes) {
        begin = (begin + bytes) % ring.byteSize();
        size -= bytes;
    }

    /** Forgets everything, for another connection. */
    void clear() {
        begin = 0;
        size = 0;
    }

    @Override
    public IoVector vector() {
        long untilEnd = Math.min(size, ring.byteSize() - begin);
        vector.clear();
        // NATIVE: for the kernel, during one call on the device's loop; this object owns the memory and is not closed
        // meanwhile.
        vector.add(ring.address() + begin, untilEnd);
        vector.add(ring.address(), size - untilEnd);
        return vector;
    }

    @Override
    public void get(long from, byte[] into, int offset, int length) {
        if (from < 0 || length > size - from) {
            throw new IndexOutOfBoundsException("beyond what waits");
        }
        long at = (begin + from) % ring.byteSize();
        int untilEnd = (int) Math.min(length, ring.byteSize() - at);
        MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, at, into, offset, untilEnd);
        MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, 0, into, offset + untilEnd, length - untilEnd);
    }

    @Override
    public void close() {
        arena.close();
    }
}
