// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.HashMap;
import java.util.Map;

/** A driver that gives any pages on any queue of a balloon, as a fuzzer's script says, but none of its queues' own. */
final class HostileGiver {
    private static final int QUEUE_SIZE = 8;
    private static final int QUEUES = 5;
    private static final int MOST_STEPS = 200;

    /** Pages from here on are none of the queues. */
    private static final long PAGES = 0x4_0000;

    private HostileGiver() {}

    /** Plays a script. Returns whether the device lives, and then does as a good driver wants. */
    static boolean play(BalloonConfig config, FuzzedDataProvider script) {
        try (FakeDeviceContext machine = new FakeDeviceContext("balloon");
                Device _ = new BalloonFactory().create(config, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | script.consumeInt(0, 0x3f));
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
        machine.memory().putInt(numbers, script.consumeInt(0x40, 0x110));
        machine.memory().putInt(numbers + 4, script.consumeBoolean() ? script.consumeInt(0x40, 0x110) : 0x7fff_fff0);
        machine.memory().putLong(numbers + 8, script.consumeInt(0, 3));
        try {
            switch (script.consumeInt(0, 3)) {
                case 0 -> queue.add(GuestBuffer.readable(numbers, script.consumeInt(0, 16)));
                case 1 -> queue.add(GuestBuffer.readable(numbers + 8, 4));
                case 2 ->
                    queue.add(GuestBuffer.writable(PAGES + script.consumeInt(0, 8192), script.consumeInt(0, 32768)));
                default ->
                    queue.add(
                            GuestBuffer.readable(numbers, script.consumeInt(0, 16)), GuestBuffer.writable(PAGES, 4096));
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
