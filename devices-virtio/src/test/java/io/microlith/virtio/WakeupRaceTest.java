// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.net.NetFactory;
import io.microlith.virtio.net.NetTraffic;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A driver and a device, each on a thread of its own, and each tells the other only what it asked to hear: one that
 * goes to sleep while the other has just decided not to ring never wakes up. Nobody here looks by the clock. The device
 * halts at the worst moments ({@link HaltingMemory}).
 */
// Who waits lets the other run, on a machine with one processor to spare.
@SuppressWarnings("ThreadPriorityCheck")
@Timeout(60)
class WakeupRaceTest {
    private static final long FLAGS = GuestDriver.VERSION_1;
    private static final long INDEX = GuestDriver.VERSION_1 | GuestDriver.EVENT_IDX;
    private static final long PACKED_FLAGS = FLAGS | GuestDriver.RING_PACKED;
    private static final long PACKED_INDEX = INDEX | GuestDriver.RING_PACKED;

    private static final int QUEUE_SIZE = 8;
    private static final int ROUNDS = 100;

    /** After which a buffer is lost. */
    private static final long TOO_LONG = 5_000_000_000L;

    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final SplittableRandom random = new SplittableRandom(7);
    private final AtomicInteger moves = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    @AfterEach
    void close() {
        machine.close();
    }

    private static DriverQueue begin(GuestDriver driver, long features) {
        driver.begin(features);
        DriverQueue queue = (features & GuestDriver.RING_PACKED) != 0
                ? driver.setUpPackedQueue(0, QUEUE_SIZE)
                : driver.setUpQueue(0, QUEUE_SIZE);
        driver.ready();
        assertThat(driver.offered() & features).isEqualTo(features);
        return queue;
    }

    /** Has the device run on its own thread until the driver is done. */
    private void beside(long timeoutNanos, Runnable driving) throws InterruptedException {
        EventLoop loop = machine.eventLoop();
        Thread running = Thread.ofPlatform().name("device").start(() -> {
            while (!over.get()) {
                loop.poll(timeoutNanos);
            }
        });
        try {
            driving.run();
        } finally {
            over.set(true);
            loop.wakeup();
            running.join();
        }
    }

    private int addSome(DriverQueue queue) {
        int count = random.nextInt(1, 4);
        for (int i = 0; i < count; i++) {
            queue.add(GuestBuffer.writable(0x2000, 64));
        }
        return count;
    }

    /** The device sleeps; the driver does not. */
    @ParameterizedTest
    @ValueSource(longs = {FLAGS, INDEX, PACKED_FLAGS, PACKED_INDEX})
    void ring_onlyIfTheDeviceWantsIt_eachRequestIsServed(long features) throws InterruptedException {
        try (VirtioPort _ = VirtioSetup.DEFAULT
                .packed()
                .attach(new ProbeDevice(() -> {}), Optional.empty(), HaltingMemory.in(machine, moves))) {
            ringOnlyIfWanted(features);
        }
    }

    /** The same with a device that always has something to give, and waits for buffers to put it into. */
    @ParameterizedTest
    @ValueSource(longs = {FLAGS, INDEX, PACKED_FLAGS, PACKED_INDEX})
    void ring_onlyIfTheReceiverWantsIt_eachBufferIsFilled(long features) throws InterruptedException {
        try (Device _ = new NetFactory()
                .create(NetTraffic.endless(40).setup(VirtioSetup.DEFAULT.packed()), HaltingMemory.in(machine, moves))) {
            ringOnlyIfWanted(features);
        }
    }

    private void ringOnlyIfWanted(long features) throws InterruptedException {
        GuestDriver driver = new GuestDriver(machine);
        DriverQueue queue = begin(driver, features);
        beside(-1, () -> {
            int rung = 0;
            for (int round = 0; round < ROUNDS; round++) {
                int added = addSome(queue);
                if (queue.wantsNotification()) {
                    rung++;
                    driver.ring(0);
                }
                moves.incrementAndGet();
                awaitAll(queue, added);
            }
            assertThat(rung).isBetween(1, ROUNDS);
        });
    }

    private static void awaitAll(DriverQueue queue, int count) {
        long begin = System.nanoTime();
        for (int left = count; left > 0; ) {
            if (queue.poll().isPresent()) {
                left--;
            } else {
                assertThat(System.nanoTime() - begin)
                        .as("%s buffers are not served: the device was not rung for, and did not look again", left)
                        .isLessThan(TOO_LONG);
                Thread.yield();
            }
        }
    }

    /** The driver sleeps; the device is rung for everything. */
    @ParameterizedTest
    @ValueSource(longs = {FLAGS, INDEX, PACKED_FLAGS, PACKED_INDEX})
    void interrupt_onlyIfTheDriverWantsIt_eachBufferIsFound(long features) throws InterruptedException {
        try (VirtioPort _ = VirtioSetup.DEFAULT
                .packed()
                .attach(new ProbeDevice(() -> {}), Optional.empty(), HaltingMemory.in(machine, moves))) {
            GuestDriver driver = new GuestDriver(machine);
            DriverQueue queue = begin(driver, features);
            Notifier interrupt = machine.interruptEvents().values().iterator().next();
            beside(0, () -> {
                try (EventLoop sleeping = EventLoop.create();
                        Registration _ = sleeping.onSignal(interrupt, () -> {})) {
                    for (int round = 0; round < ROUNDS; round++) {
                        queue.disableInterrupts();
                        int added = addSome(queue);
                        driver.ring(0);
                        sleepForAll(driver, queue, added, sleeping);
                    }
                }
            });
        }
    }

    /** For as long as a device may halt: the driver is to go to sleep at any moment of the device's. */
    private void linger() {
        long begin = System.nanoTime();
        long nanos = random.nextLong(HaltingMemory.PATIENCE);
        while (System.nanoTime() - begin < nanos) {
            Thread.yield();
        }
    }

    private void sleepForAll(GuestDriver driver, DriverQueue queue, int count, EventLoop sleeping) {
        int left = count - driver.drain(queue).size();
        while (left > 0) {
            linger();
            queue.enableInterrupts();
            boolean more = queue.poll().isPresent();
            moves.incrementAndGet();
            if (more) {
                left--;
            } else {
                assertThat(sleeping.poll(TOO_LONG))
                        .as("no interrupt came for %s buffers", left)
                        .isPositive();
            }
            queue.disableInterrupts();
            left -= driver.drain(queue).size();
        }
    }
}
