// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** The driver of a balloon in a test. */
final class BalloonGuest {
    private static final int CONFIG = 0x100;
    private static final int QUEUE_SIZE = 16;

    private final FakeDeviceContext machine;
    private final SeedWriter script;
    private final GuestDriver driver;
    private final Map<Integer, SplitDriverQueue> queues = new HashMap<>();

    BalloonGuest(FakeDeviceContext machine) {
        this(machine, new SeedWriter());
    }

    /** A driver that writes down what it does, for {@link HostileGiver}. */
    BalloonGuest(FakeDeviceContext machine, SeedWriter script) {
        this.machine = machine;
        this.script = script;
        driver = new GuestDriver(machine);
    }

    GuestDriver driver() {
        return driver;
    }

    SplitDriverQueue queue(int index) {
        return queues.get(index);
    }

    /** Brings the device to life with the queues of the given numbers. */
    void begin(long features, int... numbers) {
        driver.begin(GuestDriver.VERSION_1 | features);
        if (queues.isEmpty()) {
            // A driver that begins again goes on in the same script.
            HostileGiver.begin(script, features, numbers);
        }
        for (int number : numbers) {
            queues.put(number, driver.setUpQueue(number, QUEUE_SIZE));
        }
        driver.ready();
    }

    /** How many pages the host wants in the balloon. */
    long target() {
        return Integer.toUnsignedLong(driver.read(CONFIG));
    }

    /** Says how many pages are in it. */
    void actual(int pages) {
        driver.write(CONFIG + 4, pages);
    }

    /** What it is to do about hints. */
    int command() {
        return driver.read(CONFIG + 8);
    }

    /** Says what it fills free pages with. */
    void poison(int pattern) {
        driver.write(CONFIG + 12, pattern);
    }

    /** A page with something in it. */
    long page() {
        return pages(1);
    }

    /** Pages side by side, with something in them. */
    long pages(int count) {
        long address = driver.heap().take(4096L * count, 4096);
        machine.memory().slice(address, 4096L * count).fill((byte) 1);
        return address;
    }

    boolean isZero(long address) {
        return machine.memory().getLong(address) == 0 && machine.memory().getLong(address + 4088) == 0;
    }

    /** Sends numbers of 32 bits. */
    void send(int queue, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            bytes.putInt((int) number);
        }
        HostileGiver.numbers(script, queue, numbers);
        queues.get(queue).add(GuestBuffer.readable(driver.heap().put(bytes.array()), bytes.capacity()));
        driver.kick(queue);
    }

    /** Offers memory. */
    void offer(int queue, GuestBuffer... ranges) {
        HostileGiver.range(script, queue, ranges[0]);
        queues.get(queue).add(ranges);
        driver.kick(queue);
    }

    /** Whether the device gave a chain back. */
    boolean isAnswered(int queue) {
        return queues.get(queue).poll().isPresent();
    }
}
