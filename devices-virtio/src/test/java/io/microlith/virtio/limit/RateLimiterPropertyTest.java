// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Limits that change all the time, by a clock of the test's. */
class RateLimiterPropertyTest {
    private static final long SECOND = 1_000_000_000L;

    /** The longest that one operation is waited for: its cost counts as an hour at most. */
    private static final int MOST_WAITS = 2 * 3600 + 2;

    /** An operation and, before it, the limits; a negative one leaves them. */
    record Step(long bytes, long bytesPerSecond, long operationsPerSecond, long pause) {}

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5 * SECOND);

    @Property(tries = 300)
    void take_limitsChange_everyOperationComesToItsTurn(@ForAll("steps") List<Step> steps) {
        RateLimiter limiter = RateLimiter.of(1000, 10, now::get);
        for (Step step : steps) {
            if (step.bytesPerSecond() >= 0) {
                limiter.limit(step.bytesPerSecond(), step.operationsPerSecond());
            }
            now.addAndGet(step.pause());
            int waits = 0;
            for (long wait = limiter.take(step.bytes()); wait != 0; wait = limiter.take(step.bytes())) {
                assertThat(wait).isBetween(1L, SECOND);
                now.addAndGet(wait);
                waits++;
                assertThat(waits).isLessThanOrEqualTo(MOST_WAITS);
            }
        }
        limiter.limit(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
        assertThat(limiter.take(Long.MAX_VALUE)).isZero();
        assertThat(limiter.take(Long.MAX_VALUE)).isZero();
    }

    @Property(tries = 100)
    void take_limitsStay_areKept(@ForAll("rates") long bytesPerSecond, @ForAll("rates") long operationsPerSecond) {
        RateLimiter limiter = RateLimiter.of(bytesPerSecond, operationsPerSecond, now::get);
        long size = 512;
        long begin = now.get();
        long done = 0;
        while (now.get() - begin < 20 * SECOND && done < 2000) {
            long wait = limiter.take(size);
            now.addAndGet(wait);
            done += wait == 0 ? 1 : 0;
        }
        // A tenth of a second may come at once; and what is less than a nanosecond is not waited for.
        double seconds = ((now.get() - begin) / (double) SECOND + 0.1) * 1.001;
        // One more is begun when the last token is there, whatever it costs.
        if (operationsPerSecond != RateLimiter.UNLIMITED) {
            assertThat((double) done).isLessThanOrEqualTo(operationsPerSecond * seconds + 1);
        }
        if (bytesPerSecond != RateLimiter.UNLIMITED) {
            assertThat((double) (done * size)).isLessThanOrEqualTo(bytesPerSecond * seconds + size);
        }
    }

    @Provide
    Arbitrary<Long> rates() {
        return Arbitraries.oneOf(
                Arbitraries.of(RateLimiter.UNLIMITED, 1L), Arbitraries.longs().between(1, 1_000_000));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Long> limits = Arbitraries.of(-1L, -1L, 0L, 1L, 20L, 100_000L, Long.MAX_VALUE);
        return Combinators.combine(
                        Arbitraries.of(0L, 1L, 512L, 1L << 20, 1L << 32),
                        limits,
                        limits.filter(limit -> limit >= 0),
                        Arbitraries.longs().between(0, 2 * SECOND))
                .as(Step::new)
                .list()
                .ofMaxSize(30);
    }
}
