// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.vmm.bus.PioDevice;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Gives the guest one task, and takes its answer. Gives none until it is told. */
final class TaskDevice implements PioDevice {
    private static final long PATIENCE_SECONDS = 300;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile int task;
    private volatile int answer;
    private volatile long nanos;

    /** Without a task. */
    TaskDevice() {}

    /** With the task at an address. */
    TaskDevice(long gpa) {
        task = Math.toIntExact(gpa);
    }

    void awaitQuestion() {
        await(asked);
    }

    /** Waits for the answer and returns it. */
    int await() {
        await(answered);
        return answer;
    }

    /** When the answer came, as {@link System#nanoTime} counts. */
    long nanos() {
        return nanos;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new BenchException("the guest did not answer in " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    @Override
    public int read(int offset, int size) {
        asked.countDown();
        int now = task;
        task = 0;
        return now;
    }

    @Override
    public void write(int offset, int size, int value) {
        nanos = System.nanoTime();
        answer = value;
        answered.countDown();
    }
}
