// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does, where there is nothing to be told by. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long PAUSE_NANOS = 50_000;

    private Eventually() {}

    /**
     * Asks until something holds.
     *
     * @param what what is waited for, a sentence without its end
     * @throws AssertionError if it does not hold after a minute
     */
    public static void holds(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("after " + PATIENCE + " still not: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
