// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A stream whose first write does not return until it is released, whether it is interrupted or not. */
public final class StuckStream extends OutputStream {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger written = new AtomicInteger();

    /** Makes a stream that is not stuck yet. */
    public StuckStream() {}

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        entered.countDown();
        while (released.getCount() > 0) {
            try {
                released.await();
            } catch (InterruptedException e) {
                // As a write to a pipe that nobody reads: an interrupt does not end it.
            }
        }
        written.addAndGet(length);
    }

    /** Waits until a write is stuck. */
    public void awaitWrite() throws InterruptedException {
        entered.await();
    }

    /** Lets all writes return. */
    public void release() {
        released.countDown();
    }

    /** The bytes of the writes that returned. */
    public int written() {
        return written.get();
    }
}
