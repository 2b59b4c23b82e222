// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something made and closed so often that whatever it leaves behind shows.
 *
 * @param most how many times
 * @param least how many times, however long that takes
 * @param time when to stop if it was that often; an emulated processor takes its time
 */
public record Cycles(int most, int least, Duration time) {
    /** Most of the time that a VM takes goes by while the kernel closes it, and others can be made meanwhile. */
    private static final int AT_ONCE = 8;

    private static final int WARM_UP = 100;

    /** That often. */
    public static Cycles of(int count) {
        return new Cycles(count, count, Duration.ZERO);
    }

    /** Does it, by several threads, and fails if the process holds more of its host then. */
    public void expectNothingLeft(Runnable cycle) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            run(threads, of(WARM_UP), cycle);
            HostResources before = HostResources.now();
            long start = System.nanoTime();
            int done = run(threads, this, cycle);
            System.out.printf("%d cycles: %.2f ms each%n", done, (System.nanoTime() - start) / 1e6 / done);
            before.expectUnchanged();
        }
    }

    private static int run(ExecutorService threads, Cycles cycles, Runnable cycle)
            throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        AtomicInteger begun = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            workers.add(threads.submit(() -> {
                while (cycles.goesOn(begun.get(), System.nanoTime() - start) && begun.getAndIncrement() < cycles.most) {
                    cycle.run();
                }
            }));
        }
        for (Future<?> worker : workers) {
            worker.get();
        }
        return Math.min(begun.get(), cycles.most);
    }

    private boolean goesOn(int begun, long nanos) {
        return begun < least || begun < most && nanos < time.toNanos();
    }
}
