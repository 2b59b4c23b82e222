// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much a device does before others get their turn: those on its loop, and those who wait for it to reset, save or
 * close it. With the device's lock held, but for {@link #claim}, {@link #giveUp} and {@link #isClaimed}.
 */
final class Turn {
    /** The most chains. */
    static final int MOST_CHAINS = 1024;

    private static final long MOST_NANOS = 2_000_000;

    /** How many wait for the device. */
    private final AtomicInteger claims = new AtomicInteger();

    private long begin;
    private int chains;
    private boolean over;

    void begin() {
        begin = System.nanoTime();
        chains = 0;
        over = false;
    }

    /** Whether one more chain may be taken. The first always, unless somebody waits. */
    boolean mayGoOn() {
        over |= chains == MOST_CHAINS || isClaimed() || (chains > 0 && System.nanoTime() - begin > MOST_NANOS);
        chains++;
        return !over;
    }

    /** Somebody waits for the device. */
    void claim() {
        claims.incrementAndGet();
    }

    /** Somebody has waited. */
    void giveUp() {
        claims.decrementAndGet();
    }

    /** Whether somebody waits. */
    boolean isClaimed() {
        return claims.get() != 0;
    }
}
