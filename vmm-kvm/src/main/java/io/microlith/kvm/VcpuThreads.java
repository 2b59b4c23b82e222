// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for vCPUs, as many as are asked for. One whose vCPU is gone waits a second for the next: to start a thread
 * takes the JVM three wake-ups between processors, to hand one over takes one. Any thread.
 */
final class VcpuThreads implements Executor, AutoCloseable {
    private static final long PATIENCE_SECONDS = 1;

    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, PATIENCE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), VcpuThreads::thread);

    private static Thread thread(Runnable body) {
        return Thread.ofPlatform().name("vcpu-idle").daemon(false).unstarted(body);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Lets go of the threads that wait. Those that run vCPUs go when they are done. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
