// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.guest;

import io.microlith.benchmarks.harness.BenchException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** When a guest first did something, which its vCPU's thread says and another thread waits for. */
public final class Moment {
    private final CountDownLatch happened = new CountDownLatch(1);
    private final String what;
    private final int patienceSeconds;
    private volatile long nanos;

    /**
     * One that is to come.
     *
     * @param what the guest is to do, as a verb
     * @param patienceSeconds how long to wait for it
     */
    public Moment(String what, int patienceSeconds) {
        this.what = what;
        this.patienceSeconds = patienceSeconds;
    }

    /** It is now, if it was not before. */
    public void happen() {
        if (happened.getCount() > 0) {
            nanos = System.nanoTime();
            happened.countDown();
        }
    }

    /**
     * Waits for it and returns {@link System#nanoTime} of it.
     *
     * @throws BenchException if it does not come
     */
    public long await() {
        try {
            if (!happened.await(patienceSeconds, TimeUnit.SECONDS)) {
                throw new BenchException("the guest did not " + what + " in " + patienceSeconds + " s");
            }
            return nanos;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }
}
