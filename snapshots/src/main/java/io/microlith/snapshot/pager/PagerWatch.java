// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot.pager;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Has pagers looked at, all those of this process by one thread. It is none of the virtual ones: a call that blocks
 * keeps the thread that runs those, and calls that block are what is looked for.
 */
final class PagerWatch {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("pager-watch").unstarted(task));

    private PagerWatch() {}

    /** Has something done that takes no time. */
    static void after(Duration delay, Runnable look) {
        var _ = CLOCK.schedule(look, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
