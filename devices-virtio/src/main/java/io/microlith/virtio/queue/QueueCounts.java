// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What went through a queue since its device was made. Whoever runs the device's queue handler counts; others read what
 * may be a little old: but for the interrupts, the numbers are plain fields.
 */
public final class QueueCounts {
    private long chains;
    private long read;
    private long readLast;
    private long written;
    private long notifications;
    private final AtomicLong interrupts = new AtomicLong();

    /** Begins at zero. */
    public QueueCounts() {}

    void popped(long readableBytes) {
        read += readableBytes;
        readLast = readableBytes;
    }

    /** The last chain will be popped, and counted, again. */
    void undone() {
        read -= readLast;
        readLast = 0;
    }

    void givenBack(int bytes) {
        chains++;
        written += Integer.toUnsignedLong(bytes);
    }

    /** The device was notified. Returns how often it was. */
    public long notified() {
        notifications++;
        return notifications;
    }

    /** The driver was interrupted. Any thread. */
    public void interrupted() {
        var _ = interrupts.incrementAndGet();
    }

    /** How many chains were given back. */
    public long chains() {
        return chains;
    }

    /** The bytes of the readable parts of chains. */
    public long read() {
        return read;
    }

    /** The bytes written to chains. */
    public long written() {
        return written;
    }

    /** How often the device was notified. */
    public long notifications() {
        return notifications;
    }

    /** How often the driver was interrupted. */
    public long interrupts() {
        return interrupts.get();
    }
}
