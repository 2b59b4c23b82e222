// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** A driver that gives any pages on any queue of a balloon, as a fuzzer's script says, but none of its queues' own. */
final class HostileGiver {
    private static final int QUEUE_SIZE = 8;
    private static final int QUEUES = 5;
    private static final int MOST_STEPS = 200;

    /** Pages from here on are none of the queues. */
    private static final long PAGES = 0x4_0000;

    private static final int FEATURES = 0x3f;
    private static final int LEAST_PAGE = 0x40;
    private static final int LAST_PAGE = 0x110;
    private static final int MOST_NUMBERS = 16;
    private static final int MOST_OFFSET = 8192;
    private static final int MOST_RANGE = 32768;

    private HostileGiver() {}

    /** Writes down how a driver begins, for {@link #play}. */
    static void begin(SeedWriter script, long features, int... queues) {
        script.number(features & FEATURES, 0, FEATURES);
        for (int i = 2; i < QUEUES; i++) {
            int queue = i;
            script.truth(IntStream.of(queues).anyMatch(one -> one == queue));
        }
    }

    /** Writes down that it sends numbers of pages. */
    static void numbers(SeedWriter script, int queue, long... numbers) {
        long first = numbers.length == 0 ? 0 : numbers[0];
        long second = numbers.length < 2 ? 0 : numbers[1];
        step(script, queue, first, second)
                .number(0, 0, 3)
                .number(Math.min(MOST_NUMBERS, numbers.length * Integer.BYTES), 0, MOST_NUMBERS)
                .truth(false);
    }

    /** Writes down that it offers memory. */
    static void range(SeedWriter script, int queue, GuestBuffer range) {
        step(script, queue, 0, 0)
                .number(2, 0, 3)
                .number(range.address() & 4095, 0, MOST_OFFSET)
                .number(Math.min(range.length(), MOST_RANGE), 0, MOST_RANGE)
                .truth(false);
    }

    private static SeedWriter step(SeedWriter script, int queue, long first, long second) {
        return script.number(queue, 0, QUEUES - 1)
                .number(page(first), LEAST_PAGE, LAST_PAGE)
                .truth(true)
                .number(page(second), LEAST_PAGE, LAST_PAGE)
                .number(0, 0, 3);
    }

    /** A page that is written as it is read. */
    private static long page(long number) {
        return 0x80 | number & 0x7f;
    }

    /** Plays a script. Returns whether the device lives, and then does as a good driver wants. */
    static boolean play(BalloonConfig config, FuzzedDataProvider script) {
        try (FakeDeviceContext machine = new FakeDeviceContext("balloon");
                Device _ = new BalloonFactory().create(config, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | script.consumeInt(0, FEATURES));
            Map<Integer, SplitDriverQueue> queues = new HashMap<>();
            for (int i = 0; i < QUEUES; i++) {
                if (i < 2 || script.consumeBoolean()) {
                    queues.put(i, driver.setUpQueue(i, QUEUE_SIZE));
                }
            }
            driver.ready();
            for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
                SplitDriverQueue queue = queues.get(script.consumeInt(0, QUEUES - 1));
                if (queue != null) {
                    give(machine, driver, queue, script);
                }
                for (int index : queues.keySet()) {
                    driver.ring(index);
                }
                if (script.consumeBoolean()) {
                    var _ = config.control().hint();
                }
                driver.settle();
                queues.values().forEach(driver::drain);
            }
            return (driver.status() & GuestDriver.NEEDS_RESET) == 0 && works(machine);
        }
    }

    private static void give(
            FakeDeviceContext machine, GuestDriver driver, SplitDriverQueue queue, FuzzedDataProvider script) {
        long numbers = 0x8000;
        machine.memory().putInt(numbers, script.consumeInt(LEAST_PAGE, LAST_PAGE));
        machine.memory()
                .putInt(numbers + 4, script.consumeBoolean() ? script.consumeInt(LEAST_PAGE, LAST_PAGE) : 0x7fff_fff0);
        machine.memory().putLong(numbers + 8, script.consumeInt(0, 3));
        try {
            switch (script.consumeInt(0, 3)) {
                case 0 -> queue.add(GuestBuffer.readable(numbers, script.consumeInt(0, MOST_NUMBERS)));
                case 1 -> queue.add(GuestBuffer.readable(numbers + 8, 4));
                case 2 ->
                    queue.add(GuestBuffer.writable(
                            PAGES + script.consumeInt(0, MOST_OFFSET), script.consumeInt(0, MOST_RANGE)));
                default ->
                    queue.add(
                            GuestBuffer.readable(numbers, script.consumeInt(0, MOST_NUMBERS)),
                            GuestBuffer.writable(PAGES, 4096));
            }
        } catch (IllegalStateException e) {
            // The device has them all, or there are not as many free.
            driver.settle();
        }
    }

    private static boolean works(FakeDeviceContext machine) {
        BalloonGuest good = new BalloonGuest(machine);
        good.begin(0, 0, 1);
        long page = good.page();
        good.send(0, page >> 12);
        return good.isAnswered(0) && good.isZero(page);
    }
}
