// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.IoVector;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.rng.EntropySource;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.PackedDriverQueue;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.memory.GuardedMemory;
import io.microlith.vmm.memory.GuestMemory;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two machines in one JVM, the worst case of it: their devices share one loop. One guest is hostile; the other's
 * requests are done all the same, each in the pass of the loop that follows, by which they are told apart from such as
 * wait. Nothing here looks at the clock.
 */
@Timeout(120)
class NeighbourTest {
    private static final int REQUESTS = 500;
    private static final int QUEUE_SIZE = 64;

    private final EventLoop loop = EventLoop.create();
    private final FakeDeviceContext machine = new FakeDeviceContext("rng");
    private final FakeDeviceContext hostile = new FakeDeviceContext("rng");
    private final CountingSource hostileSource = new CountingSource();
    private final Device device = new RngFactory().create(config(new CountingSource()), machine);
    private final GuestDriver driver = new GuestDriver(machine);
    private final GuestBuffer buffer = GuestBuffer.writable(driver.heap().take(8, 16), 8);

    /** A source of random numbers that counts how often it is asked. */
    private static final class CountingSource implements EntropySource {
        private int asked;

        @Override
        public long fill(IoVector buffers) {
            asked++;
            return 8;
        }

        @Override
        public void close() {}
    }

    private RngConfig config(EntropySource source) {
        return RngConfig.fromHost()
                .source(() -> source)
                .setup(VirtioSetup.DEFAULT.packed().on(LoopChoice.of(loop)));
    }

    private DriverQueue queue;

    @BeforeEach
    void begin() {
        driver.begin(GuestDriver.VERSION_1);
        queue = driver.setUpQueue(0, QUEUE_SIZE);
        driver.addStatus(GuestDriver.DRIVER_OK);
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
        hostile.close();
        loop.close();
    }

    /** Makes requests, before each of which the neighbour does something. */
    private void beside(IntConsumer neighbour) {
        for (int i = 0; i < REQUESTS; i++) {
            neighbour.accept(i);
            queue.add(buffer);
            driver.ring(0);
            var _ = loop.poll(0);
            assertThat(queue.poll())
                    .as("request %d, after one pass of the loop", i)
                    .isPresent();
        }
        assertThat(driver.status() & GuestDriver.NEEDS_RESET).isZero();
    }

    /** Memory in which a ring never ends: before the device looks, there is always more. */
    private static final class EndlessMemory extends GuardedMemory {
        private Runnable more = () -> {};

        EndlessMemory(GuestMemory memory) {
            super(memory);
        }

        @Override
        protected void beforeAccess(long gpa, long length) {
            more.run();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ring_thatNeverEnds_takesOneTurnOfEach(boolean packed) {
        EndlessMemory memory = new EndlessMemory(hostile.memory());
        try (Device endless = new RngFactory().create(config(hostileSource), hostile.with(memory))) {
            GuestDriver flooding = new GuestDriver(hostile);
            flooding.begin(GuestDriver.VERSION_1 | (packed ? GuestDriver.RING_PACKED : 0));
            long target = flooding.heap().take(8, 16);
            memory.more = packed ? endlessPacked(flooding, target) : endlessSplit(flooding, target);
            flooding.addStatus(GuestDriver.DRIVER_OK);
            beside(_ -> flooding.ring(0));
            // It is served as well, and its ring had no end.
            assertThat(hostileSource.asked)
                    .as("chains of %s", endless)
                    .isBetween(10 * QUEUE_SIZE, REQUESTS * Turn.MOST_CHAINS);
            assertThat(flooding.status() & GuestDriver.NEEDS_RESET).isZero();
        }
    }

    private static Runnable endlessSplit(GuestDriver flooding, long target) {
        SplitDriverQueue ring = flooding.setUpQueue(0, QUEUE_SIZE);
        ring.rawDescriptor(0, target, 8, SplitDriverQueue.WRITE, 0);
        // Always as full as it can be, with the same chain.
        return () -> {
            int used = flooding.heap().memory().getShort(ring.deviceArea() + 2) & 0xffff;
            while (((ring.availIdx() - used) & 0xffff) < QUEUE_SIZE) {
                ring.rawAvail(0);
            }
        };
    }

    private static Runnable endlessPacked(GuestDriver flooding, long target) {
        PackedDriverQueue ring = flooding.setUpPackedQueue(0, QUEUE_SIZE);
        for (int i = 0; i < QUEUE_SIZE; i++) {
            ring.add(GuestBuffer.writable(target, 8));
        }
        return () -> {
            while (ring.poll().isPresent()) {
                ring.add(GuestBuffer.writable(target, 8));
            }
        };
    }

    @Test
    void notifications_withoutEnd_delayNobody() {
        try (Device flooded = new RngFactory().create(config(hostileSource), hostile)) {
            GuestDriver flooding = new GuestDriver(hostile);
            beside(_ -> {
                for (int number = 0; number < 100; number++) {
                    flooding.ring(number & 3);
                }
            });
            assertThat(hostileSource.asked).as("requests of %s", flooded).isZero();
        }
    }

    @Test
    void garbage_inRegistersAndRings_delaysNobody() {
        SplittableRandom random = new SplittableRandom(3);
        try (Device attacked = new RngFactory().create(config(hostileSource), hostile)) {
            GuestDriver attacker = new GuestDriver(hostile);
            beside(round -> {
                if (round % 10 == 0) {
                    attacker.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC);
                    SplitDriverQueue ring = attacker.setUpQueue(0, QUEUE_SIZE);
                    attacker.addStatus(GuestDriver.DRIVER_OK);
                    for (int slot = 0; slot < QUEUE_SIZE; slot++) {
                        ring.rawDescriptor(slot, random.nextLong(), random.nextLong(), random.nextInt(8), slot ^ 1);
                    }
                    ring.rawAvailIdx(random.nextInt());
                }
                attacker.writeRaw(random.nextInt(0x200) & ~3, Integer.BYTES, random.nextLong());
                attacker.ring(0);
            });
            attacker.reset();
            assertThat(attacker.status()).as("status of %s", attacked).isZero();
        }
    }
}
