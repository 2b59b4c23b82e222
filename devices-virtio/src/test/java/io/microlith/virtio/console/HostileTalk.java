// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.ArrayList;
import java.util.List;

/** A driver that gives any buffers to any queue of a console, as a fuzzer's script says. */
final class HostileTalk {
    private static final int QUEUE_SIZE = 8;
    private static final int QUEUES = 8;
    private static final int MOST_STEPS = 200;
    private static final int MOST_BYTES = 32;

    private HostileTalk() {}

    /**
     * Writes down that a driver gives a buffer, for {@link #play}.
     *
     * @param start its first eight bytes
     */
    static void write(SeedWriter script, int queue, long start, int length) {
        script.number(Math.min(queue, QUEUES - 1), 0, QUEUES - 1)
                .number(0, 0, 64)
                .wholeLong(start)
                .number(Math.min(length, MOST_BYTES), 0, MOST_BYTES);
    }

    /** Plays a script. Returns whether the device lives, and then does as a good driver wants. */
    static boolean play(ConsoleConfig config, FuzzedDataProvider script) {
        try (FakeDeviceContext machine = new FakeDeviceContext("console");
                Device _ = new ConsoleFactory().create(config, machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | ConsoleGuest.MULTIPORT | ConsoleGuest.SIZE);
            List<SplitDriverQueue> queues = new ArrayList<>();
            for (int i = 0; i < QUEUES; i++) {
                queues.add(driver.setUpQueue(i, QUEUE_SIZE));
            }
            driver.ready();
            for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
                int index = script.consumeInt(0, QUEUES - 1);
                driver.drain(queues.get(index));
                long address = 0x8000L + script.consumeInt(0, 64);
                machine.memory().putLong(address, script.consumeLong());
                int length = script.consumeInt(0, MOST_BYTES);
                try {
                    queues.get(index)
                            .add(
                                    index % 2 == 0
                                            ? GuestBuffer.writable(address, length)
                                            : GuestBuffer.readable(address, length));
                } catch (IllegalStateException e) {
                    // The device has them all, and nothing to say.
                }
                driver.kick(index);
            }
            if ((driver.status() & GuestDriver.NEEDS_RESET) != 0) {
                return false;
            }
            ConsoleGuest good = new ConsoleGuest(machine);
            good.begin(ConsoleGuest.MULTIPORT, QUEUES);
            return good.meet(3).size() == 9;
        }
    }
}
