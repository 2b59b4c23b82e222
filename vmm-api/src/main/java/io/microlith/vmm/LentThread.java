// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.linux.ProcessorSet;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work on a platform thread that is somebody else's, who gets it back as it was: its name and processors.
 */
final class LentThread implements Runnable {
    private final String name;
    private final Runnable work;
    private final CountDownLatch returned = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    /**
     * Work that was not begun.
     *
     * @param name the thread's for as long as it does the work
     */
    LentThread(String name, Runnable work) {
        this.name = name;
        this.work = work;
    }

    @Override
    public void run() {
        Thread current = Thread.currentThread();
        String nameBefore = current.getName();
        ProcessorSet processorsBefore = ProcessorSet.ofThread();
        thread = current;
        current.setName(name);
        try {
            work.run();
        } finally {
            thread = null;
            current.setName(nameBefore);
            returned.countDown();
            processorsBefore.restrictThread();
        }
    }

    /** Whether the calling thread is the one that does the work. */
    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /**
     * Waits until the work is done.
     *
     * @return whether it is
     */
    boolean awaitReturn(Duration atMost) throws InterruptedException {
        return returned.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }
}
