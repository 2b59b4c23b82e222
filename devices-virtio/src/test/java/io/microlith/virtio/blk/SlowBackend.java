// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A disk in memory that takes longer for each call than a turn has. */
final class SlowBackend extends ForwardingBackend {
    private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final MemoryBackend medium;
    private int calls;
    private long largest;

    SlowBackend(int size) {
        this(new MemoryBackend(size));
    }

    private SlowBackend(MemoryBackend medium) {
        super(medium);
        this.medium = medium;
    }

    int calls() {
        return calls;
    }

    /** The most bytes of a call. */
    long largest() {
        return largest;
    }

    byte[] content() {
        return medium.content();
    }

    private void take(long length) {
        long end = System.nanoTime() + CALL_NANOS;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(CALL_NANOS);
        }
        calls++;
        largest = Math.max(largest, length);
    }

    @Override
    public long read(long offset, BlockData into, long from, long length) {
        take(length);
        return super.read(offset, into, from, length);
    }

    @Override
    public long write(long offset, BlockData data, long from, long length) {
        take(length);
        return super.write(offset, data, from, length);
    }

    @Override
    public int flush() {
        take(0);
        return super.flush();
    }
}
