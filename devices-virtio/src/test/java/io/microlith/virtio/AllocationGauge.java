// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import com.sun.management.ThreadMXBean;
import io.microlith.virtio.testkit.GuestDriver;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** What a device allocates on the test's thread, its loop included, and without what the test does itself. */
@SuppressWarnings("exports")
public final class AllocationGauge {
    /**
     * How long the compiler may be at work: until it is done, calls into C allocate, and on a busy machine it waits for
     * its turn. What allocates for every request is found at any time.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ThreadMXBean threads =
            Objects.requireNonNull(ManagementFactory.getPlatformMXBean(ThreadMXBean.class));

    private long bytes;

    private AllocationGauge() {}

    /**
     * The bytes that a device allocates in a window of some rounds: in the first window in which it is nothing, or else
     * in the last that patience allows.
     *
     * @param round gives the device something to do, and has it done by {@link #settle}
     */
    public static long inSteadyState(int rounds, Consumer<AllocationGauge> round) {
        AllocationGauge gauge = new AllocationGauge();
        long begin = System.nanoTime();
        do {
            gauge.bytes = 0;
            for (int i = 0; i < rounds; i++) {
                round.accept(gauge);
            }
        } while (gauge.bytes != 0 && System.nanoTime() - begin < PATIENCE.toNanos());
        return gauge.bytes;
    }

    /** Lets the device do what there is for it: this is what counts. */
    public void settle(GuestDriver driver) {
        long before = threads.getCurrentThreadAllocatedBytes();
        driver.settle();
        bytes += threads.getCurrentThreadAllocatedBytes() - before;
    }
}
