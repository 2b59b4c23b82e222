// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.ArrayList;
import java.util.List;

/** A driver that does whatever it is told, on any of the device's queues. One thread. */
final class HostileDriver {
    private final GuestDriver driver;
    private final List<HostileQueue> queues;

    private HostileDriver(GuestDriver driver, List<HostileQueue> queues) {
        this.driver = driver;
        this.queues = queues;
    }

    /**
     * A driver that has brought the device to life, with all of its queues and the features it wants, as far as they
     * are offered.
     */
    static HostileDriver begin(GuestDriver driver, long wanted) {
        driver.begin(wanted);
        boolean packed = (wanted & driver.offered() & GuestDriver.RING_PACKED) != 0;
        List<HostileQueue> queues = new ArrayList<>();
        for (int index = 0; index < driver.queueCount(); index++) {
            int size = Math.min(HostileQueue.MOST_ELEMENTS, driver.queueSize(index));
            queues.add(
                    packed
                            ? new HostilePackedQueue(driver.heap(), driver.setUpPackedQueue(index, size))
                            : new HostileSplitQueue(driver.heap(), driver.setUpQueue(index, size)));
        }
        driver.ready();
        return new HostileDriver(driver, queues);
    }

    /** The same driver of the same device elsewhere. */
    HostileDriver moved(GuestDriver elsewhere) {
        return new HostileDriver(
                elsewhere,
                queues.stream().map(queue -> queue.in(elsewhere.heap())).toList());
    }

    /** Takes a step, but for {@link HostileStep.Kind#MOVE}, {@code BEGIN} and {@code REQUEST}. */
    void take(HostileStep step) {
        int index = Math.floorMod(step.queue(), queues.size());
        HostileQueue queue = queues.get(index);
        switch (step.kind()) {
            case WRITE -> driver.writeRaw(driver.offset(step.a()), width(step.c()), step.b());
            case READ -> driver.readRaw(driver.offset(step.a()), width(step.c()));
            case DESCRIPTOR -> queue.descriptor(step);
            case INDIRECT -> queue.indirect(step);
            case AVAIL -> {
                queue.available(step);
                driver.kick(index);
            }
            case JUMP -> {
                queue.jump(step);
                driver.kick(index);
            }
            case NOTIFY -> driver.kick(step.c());
            case RESET -> driver.reset();
            case QUEUE_RESET -> {
                driver.resetQueue(index);
                driver.enable(index, queue.queue());
            }
            case BEGIN, REQUEST, MOVE -> throw new IllegalArgumentException(step + " is not the driver's");
        }
        driver.settle();
    }

    private static int width(int number) {
        return List.of(1, 2, 4, 8).get(number & 3);
    }
}
