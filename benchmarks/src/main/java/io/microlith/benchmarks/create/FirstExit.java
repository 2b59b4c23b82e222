// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.create;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.vmm.bus.PioDevice;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Notes when the guest first does something. */
final class FirstExit implements PioDevice {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch happened = new CountDownLatch(1);
    private volatile long nanos;

    /** Waits for it and returns {@link System#nanoTime} of that moment. */
    long await() {
        try {
            if (!happened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new BenchException("the guest did not run in " + PATIENCE_SECONDS + " s");
            }
            return nanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    @Override
    public int read(int offset, int size) {
        if (happened.getCount() > 0) {
            nanos = System.nanoTime();
            happened.countDown();
        }
        return 0;
    }

    @Override
    public void write(int offset, int size, int value) {
        // The guest only asks.
    }
}
