// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.List;

/** A driver that does whatever it is told, on the device's first queue. One thread. */
final class HostileDriver {
    private final GuestDriver driver;
    private final HostileQueue queue;

    private HostileDriver(GuestDriver driver, HostileQueue queue) {
        this.driver = driver;
        this.queue = queue;
    }

    /** A driver that has brought the device to life with the features it wants, as far as they are offered. */
    static HostileDriver begin(GuestDriver driver, long wanted) {
        driver.begin(wanted);
        HostileQueue queue = (wanted & driver.offered() & GuestDriver.RING_PACKED) != 0
                ? new HostilePackedQueue(driver.heap(), driver.setUpPackedQueue(0, HostileQueue.SIZE))
                : new HostileSplitQueue(driver.heap(), driver.setUpQueue(0, HostileQueue.SIZE));
        driver.ready();
        return new HostileDriver(driver, queue);
    }

    /** The same driver of the same device elsewhere. */
    HostileDriver moved(GuestDriver elsewhere) {
        return new HostileDriver(elsewhere, queue.in(elsewhere.heap()));
    }

    /** Takes a step, but for {@link HostileStep.Kind#MOVE}, {@code BEGIN} and {@code REQUEST}. */
    void take(HostileStep step) {
        switch (step.kind()) {
            case WRITE -> driver.writeRaw(driver.offset(step.a()), width(step.c()), step.b());
            case READ -> driver.readRaw(driver.offset(step.a()), width(step.c()));
            case DESCRIPTOR -> queue.descriptor(step);
            case INDIRECT -> queue.indirect(step);
            case AVAIL -> {
                queue.available(step);
                driver.kick(0);
            }
            case JUMP -> {
                queue.jump(step);
                driver.kick(0);
            }
            case NOTIFY -> driver.kick(step.c());
            case RESET -> driver.reset();
            case QUEUE_RESET -> {
                driver.resetQueue(0);
                driver.enable(0, queue.queue());
            }
            case BEGIN, REQUEST, MOVE -> throw new IllegalArgumentException(step + " is not the driver's");
        }
        driver.settle();
    }

    private static int width(int number) {
        return List.of(1, 2, 4, 8).get(number & 3);
    }
}
