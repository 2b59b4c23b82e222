// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.List;

/** A driver that does whatever it is told, on the device's first queue. One thread. */
final class HostileDriver {
    private static final int QUEUE_SIZE = 16;
    private static final long ALL_FEATURES = GuestDriver.ALL_OF_SPLIT_QUEUES;

    private final GuestDriver driver;
    private final SplitDriverQueue queue;

    HostileDriver(GuestDriver driver, SplitDriverQueue queue) {
        this.driver = driver;
        this.queue = queue;
    }

    /** A driver that has brought the device to life. */
    static HostileDriver begin(GuestDriver driver) {
        driver.begin(ALL_FEATURES);
        SplitDriverQueue queue = driver.setUpQueue(0, QUEUE_SIZE);
        driver.ready();
        return new HostileDriver(driver, queue);
    }

    /** The same driver of the same device elsewhere. */
    HostileDriver moved(GuestDriver elsewhere) {
        return new HostileDriver(elsewhere, queue.in(elsewhere.heap()));
    }

    /** Takes a step, but for {@link HostileStep.Kind#MOVE}, {@code BEGIN} and {@code REQUEST}. */
    void take(HostileStep step) {
        int slot = Math.floorMod(step.c(), QUEUE_SIZE);
        switch (step.kind()) {
            case WRITE -> driver.writeRaw(driver.offset(step.a()), width(step.c()), step.b());
            case READ -> driver.readRaw(driver.offset(step.a()), width(step.c()));
            case DESCRIPTOR -> queue.rawDescriptor(slot, step.a(), step.b(), step.c() >>> 4 & 7, step.c() >>> 8 & 31);
            case INDIRECT -> indirect(slot, step);
            case AVAIL -> {
                queue.rawAvail(step.c() & 31);
                driver.kick(0);
            }
            case JUMP -> {
                queue.rawAvailIdx(step.c());
                driver.kick(0);
            }
            case NOTIFY -> driver.kick(step.c());
            case RESET -> driver.reset();
            case QUEUE_RESET -> {
                driver.resetQueue(0);
                driver.enable(0, queue);
            }
            case BEGIN, REQUEST, MOVE -> throw new IllegalArgumentException(step + " is not the driver's");
        }
        driver.settle();
    }

    private void indirect(int slot, HostileStep step) {
        long table = driver.heap().memory().regions().getFirst().gpa() + 0x1000;
        for (int i = 0; i < QUEUE_SIZE; i++) {
            queue.rawDescriptor(table, i, step.a() + i * step.b(), step.b(), step.c() >>> (i & 15) & 7, i + 1);
        }
        queue.rawDescriptor(slot, table, step.b() & 0x1ff, SplitDriverQueue.INDIRECT | step.c() >>> 4 & 3, 0);
    }

    private static int width(int number) {
        return List.of(1, 2, 4, 8).get(number & 3);
    }
}
