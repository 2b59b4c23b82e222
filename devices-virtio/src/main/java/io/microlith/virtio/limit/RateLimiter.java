// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.limit;

import java.util.function.LongSupplier;

/**
 * How much may be done in a second: two token buckets, one of bytes and one of operations, each with room for a tenth
 * of a second. What is begun while both have tokens is done in full, and its cost is waited for after it: so no request
 * is too large, and none is lost. Any thread; limits can be changed at any time.
 */
public final class RateLimiter {
    /** A limit that is none. */
    public static final long UNLIMITED = 0;

    private static final long NANOS = 1_000_000_000L;
    private static final long BURST = NANOS / 10;

    private final LongSupplier clock;
    private long bytesPerSecond;
    private long operationsPerSecond;

    /** When the bucket of bytes is, or was, full again with what has been taken from it. */
    private long bytesFullAt;

    private long operationsFullAt;

    private RateLimiter(LongSupplier clock, long bytesPerSecond, long operationsPerSecond) {
        this.clock = clock;
        this.bytesPerSecond = bytesPerSecond;
        this.operationsPerSecond = operationsPerSecond;
        bytesFullAt = clock.getAsLong();
        operationsFullAt = bytesFullAt;
    }

    /** No limits, until some are set. */
    public static RateLimiter unlimited() {
        return of(UNLIMITED, UNLIMITED);
    }

    /**
     * Limits.
     *
     * @param bytesPerSecond 0 for none
     * @param operationsPerSecond 0 for none
     */
    public static RateLimiter of(long bytesPerSecond, long operationsPerSecond) {
        return of(bytesPerSecond, operationsPerSecond, System::nanoTime);
    }

    static RateLimiter of(long bytesPerSecond, long operationsPerSecond, LongSupplier clock) {
        return new RateLimiter(clock, checked(bytesPerSecond), checked(operationsPerSecond));
    }

    private static long checked(long limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("a limit is 0 or more, not " + limit);
        }
        return limit;
    }

    /** Replaces the limits. What waits for the old ones waits no longer than they said, a second at most. */
    public synchronized void limit(long newBytesPerSecond, long newOperationsPerSecond) {
        bytesPerSecond = checked(newBytesPerSecond);
        operationsPerSecond = checked(newOperationsPerSecond);
        long now = clock.getAsLong();
        bytesFullAt = now;
        operationsFullAt = now;
    }

    /**
     * Asks for an operation.
     *
     * @param bytes what it moves
     * @return 0 if it may be done now, which is counted; else how many nanoseconds to wait before asking again
     */
    public synchronized long take(long bytes) {
        long wait = delay();
        if (wait == 0) {
            charge(bytes);
        }
        return wait;
    }

    /**
     * How long to wait before the next operation, for who finds out only afterwards what it moved, and then says so by
     * {@link #charge}.
     *
     * @return 0 if it may be done now; else how many nanoseconds to wait before asking again
     */
    public synchronized long delay() {
        if (bytesPerSecond == UNLIMITED && operationsPerSecond == UNLIMITED) {
            return 0;
        }
        long now = clock.getAsLong();
        long wait = Math.max(
                bytesPerSecond == UNLIMITED ? 0 : bytesFullAt - now - BURST,
                operationsPerSecond == UNLIMITED ? 0 : operationsFullAt - now - BURST);
        return Math.clamp(wait, 0, NANOS);
    }

    /** Counts an operation that was done. */
    public synchronized void charge(long bytes) {
        if (bytesPerSecond == UNLIMITED && operationsPerSecond == UNLIMITED) {
            return;
        }
        long now = clock.getAsLong();
        bytesFullAt = after(bytesFullAt, now, bytes, bytesPerSecond);
        operationsFullAt = after(operationsFullAt, now, 1, operationsPerSecond);
    }

    private static long after(long fullAt, long now, long amount, long perSecond) {
        if (perSecond == UNLIMITED) {
            return now;
        }
        long base = fullAt - now > 0 ? fullAt : now;
        // A request has at most 4 GiB: as a double this cannot overflow, and is exact enough.
        return base + (long) Math.min((double) amount * NANOS / perSecond, 3600.0 * NANOS);
    }
}
