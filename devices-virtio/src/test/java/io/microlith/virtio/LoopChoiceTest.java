// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.IoVector;
import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.rng.EntropySource;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.event.EventLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LoopChoiceTest {
    /** On which a device asked for random numbers. */
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final EntropySource source = new EntropySource() {
        @Override
        public long fill(IoVector buffers) {
            threads.add(Thread.currentThread());
            return 8;
        }

        @Override
        public void close() {}
    };

    private RngConfig on(LoopChoice loop) {
        return RngConfig.fromHost().source(() -> source).setup(VirtioSetup.DEFAULT.on(loop));
    }

    /** A driver that has asked for random numbers, and has not waited. */
    private static SplitDriverQueue asked(GuestDriver driver) {
        driver.begin(GuestDriver.VERSION_1);
        SplitDriverQueue queue = driver.setUpQueue(0, 8);
        driver.addStatus(GuestDriver.DRIVER_OK);
        queue.add(GuestBuffer.writable(driver.heap().take(8, 16), 8));
        driver.ring(0);
        return queue;
    }

    @Test
    void own_request_isServedByAThreadOfTheDevices() {
        try (FakeDeviceContext machine = new FakeDeviceContext(new DeviceId("rng", 7))) {
            try (Device device = new RngFactory().create(on(LoopChoice.OWN), machine)) {
                SplitDriverQueue queue = asked(new GuestDriver(machine));
                Eventually.holds(device + " has answered", () -> queue.poll().isPresent());
                assertThat(threads).singleElement().satisfies(thread -> {
                    assertThat(thread.getName()).isEqualTo("rng7");
                    assertThat(thread).isNotEqualTo(Thread.currentThread());
                });
            }
            assertThat(threads.getFirst().isAlive())
                    .as("after the device was closed")
                    .isFalse();
        }
    }

    @Test
    void own_asAnOption_isThatLoop() {
        RngConfig config = new RngFactory().configure(Map.of("loop", "own"));
        assertThat(config.setup().link().loop()).isEqualTo(LoopChoice.OWN);
        assertThat(new RngFactory().configure(Map.of()).setup().link().loop()).isEqualTo(LoopChoice.SHARED);
        try (FakeDeviceContext machine = new FakeDeviceContext("rng");
                Device device = new RngFactory().create(config, machine)) {
            SplitDriverQueue queue = asked(new GuestDriver(machine));
            // Nobody runs the machine's.
            Eventually.holds(device + " has answered", () -> queue.poll().isPresent());
        }
    }

    @Test
    void of_twoMachines_areBothServedByThatLoopWhichGoesOn() {
        AtomicBoolean goesOn = new AtomicBoolean();
        try (EventLoop loop = EventLoop.create()) {
            try (FakeDeviceContext one = new FakeDeviceContext("rng");
                    FakeDeviceContext other = new FakeDeviceContext("rng");
                    Device first = new RngFactory().create(on(LoopChoice.of(loop)), one);
                    Device second = new RngFactory().create(on(LoopChoice.of(loop)), other)) {
                SplitDriverQueue asked = asked(new GuestDriver(one));
                SplitDriverQueue askedToo = asked(new GuestDriver(other));
                new GuestDriver(one).settle();
                new GuestDriver(other).settle();
                assertThat(asked.poll())
                        .as("before the loop of %s and %s runs", first, second)
                        .isEmpty();
                assertThat(askedToo.poll()).isEmpty();
                while (loop.poll(0) > 0) {
                    // There may be more.
                }
                assertThat(asked.poll()).isPresent();
                assertThat(askedToo.poll()).isPresent();
            }
            loop.execute(() -> goesOn.set(true));
            var _ = loop.poll(0);
            assertThat(goesOn).isTrue();
        }
    }
}
