// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

import com.sun.management.ThreadMXBean;
import io.microlith.benchmarks.guest.GuestProgram;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.vmm.bus.PioDevice;
import java.lang.management.ManagementFactory;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * Tells the guest what to do. The guest asks when it has done what it was told before, so a batch of exits lasts from
 * the answer to one question to the next question. Between the two, the vCPU's thread runs only what is measured.
 */
final class ControlDevice implements PioDevice {
    private static final int STOP = 0;
    private static final long PATIENCE_SECONDS = 120;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final SynchronousQueue<Integer> orders = new SynchronousQueue<>();
    private final SynchronousQueue<BatchCost> costs = new SynchronousQueue<>();

    // The vCPU thread's.
    private boolean stopped;
    private boolean started;
    private long startNanos;
    private long startCpuNanos;
    private long startAllocated;

    /** Has the guest do a batch, and waits for it. For one thread that is not the vCPU's. */
    BatchCost run(ExitKind kind, int count) {
        try {
            hand(kind == ExitKind.MMIO ? count | GuestProgram.TO_MEMORY : count);
            BatchCost cost = costs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (cost == null) {
                throw new BenchException("the guest did not finish " + count + " exits in " + PATIENCE_SECONDS + " s");
            }
            return cost;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** Lets the vCPU's thread go on, so that it can be stopped. */
    void stop() {
        try {
            hand(STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void hand(int order) throws InterruptedException {
        if (!orders.offer(order, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new BenchException("the guest did not ask for work in " + PATIENCE_SECONDS + " s");
        }
    }

    @Override
    public int read(int offset, int size) {
        if (stopped) {
            return STOP;
        }
        long nanos = System.nanoTime();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long cpuNanos = threads.getCurrentThreadCpuTime();
        try {
            if (started) {
                costs.put(new BatchCost(nanos - startNanos, cpuNanos - startCpuNanos, allocated - startAllocated));
            }
            int order = orders.take();
            started = order != STOP;
            stopped = order == STOP;
            startCpuNanos = threads.getCurrentThreadCpuTime();
            startAllocated = threads.getCurrentThreadAllocatedBytes();
            startNanos = System.nanoTime();
            return order;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
            return STOP;
        }
    }

    @Override
    public void write(int offset, int size, int value) {
        // The guest has nothing to say.
    }
}
