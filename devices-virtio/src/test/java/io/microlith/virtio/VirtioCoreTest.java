// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtioCoreTest {
    private static final int QUEUE_SIZE = 16;

    /** More requests than any test waits for, so that a device that never ends its turn fails a test, and ends. */
    private static final int FOR_EVER = 20_000_000;

    private final FakeDeviceContext machine = new FakeDeviceContext("probe");
    private Runnable request = () -> {};
    private final ProbeDevice device = new ProbeDevice(() -> request.run());

    @AfterEach
    void close() {
        machine.close();
    }

    private VirtioPort attach(VirtioSetup setup) {
        return setup.attach(device, Optional.empty(), machine);
    }

    private static SplitDriverQueue live(GuestDriver driver) {
        driver.begin(GuestDriver.VERSION_1);
        SplitDriverQueue queue = driver.setUpQueue(0, QUEUE_SIZE);
        driver.ready();
        return queue;
    }

    private static void add(SplitDriverQueue queue) {
        var _ = queue.add(GuestBuffer.writable(0x2000, 8));
    }

    /** Has a queue with a chain more for each that is given back. */
    private AtomicInteger refillForEver(SplitDriverQueue queue) {
        AtomicInteger left = new AtomicInteger(FOR_EVER);
        request = () -> {
            var _ = queue.poll();
            if (left.getAndDecrement() > 0) {
                add(queue);
            }
        };
        add(queue);
        return left;
    }

    @Test
    void refilledForEver_othersOnTheLoop_getTheirTurn() {
        try (VirtioPort port = attach(VirtioSetup.DEFAULT);
                Notifier other = Notifier.create()) {
            AtomicInteger others = new AtomicInteger();
            Registration registration = machine.eventLoop().onSignal(other, others::incrementAndGet);
            GuestDriver driver = new GuestDriver(machine);
            AtomicInteger left = refillForEver(live(driver));
            driver.ring(0);
            for (int turn = 1; turn <= 5; turn++) {
                other.signal();
                assertThat(machine.eventLoop().poll(0)).as("%s", port).isEqualTo(2);
                assertThat(others).hasValue(turn);
                assertThat(device.served).hasValueBetween(turn, turn * Turn.MOST_CHAINS);
            }
            left.set(100);
            driver.settle();
            assertThat(left).as("nothing is left behind").hasValue(-1);
            registration.close();
        }
    }

    @Test
    void refilledForEver_whoSavesOrResets_comesNext() {
        VirtioPort port = attach(VirtioSetup.DEFAULT.on(LoopChoice.OWN));
        GuestDriver driver = new GuestDriver(machine);
        AtomicInteger left = refillForEver(live(driver));
        driver.ring(0);
        for (int i = 0; i < 100; i++) {
            assertThat(port.save().queues()).hasSize(1);
        }
        assertThat(left).hasPositiveValue();
        driver.reset();
        assertThat(driver.status()).isZero();
        assertThat(left).hasPositiveValue();
        refillForEver(live(driver));
        driver.ring(0);
        port.close();
        assertThat(left).hasPositiveValue();
    }

    @Test
    void reset_behindASlowMedium_waitsForTheRequestUnderWayAlone() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        request = () -> {
            begun.countDown();
            awaitUninterruptibly(goOn);
        };
        try (VirtioPort port = attach(VirtioSetup.DEFAULT.on(LoopChoice.OWN))) {
            GuestDriver driver = new GuestDriver(machine);
            SplitDriverQueue queue = live(driver);
            for (int i = 0; i < QUEUE_SIZE; i++) {
                add(queue);
            }
            driver.ring(0);
            begun.await();
            Thread vcpu = Thread.ofPlatform().start(driver::reset);
            while (vcpu.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            assertThat(driver.status()).as("%s is read without waiting", port).isNotZero();
            goOn.countDown();
            vcpu.join();
            assertThat(driver.status()).isZero();
            assertThat(device.served).hasValue(1);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void config_deviceThrows_needsResetAndNothingIsThrown() {
        try (VirtioPort port = attach(VirtioSetup.DEFAULT)) {
            GuestDriver driver = new GuestDriver(machine);
            assertThat(driver.readRaw(0x100, 4)).as("%s", port).isZero();
            assertThat(driver.status()).as("before there is a driver").isZero();
            live(driver);
            driver.writeRaw(0x100, 4, 1);
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isNotZero();
            assertThat(device.deactivated).as("lets go of what it watches").hasValue(1);
            live(driver);
            assertThat(device.deactivated).hasValue(1);
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isZero();
        }
    }

    @Test
    void mayGoOn_turnIsOver_callsTheHandlerOfThatQueueAgain() {
        ProbeDevice three = new ProbeDevice(3);
        try (VirtioPort port = VirtioSetup.DEFAULT.attach(three, Optional.empty(), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1);
            for (int i = 0; i < 3; i++) {
                driver.setUpQueue(i, QUEUE_SIZE);
            }
            driver.ready();
            VirtioContext context = three.context();
            context.exclusive(() -> endTurn(context, 1)).run();
            assertThat(machine.eventLoop().poll(0)).as("%s", port).isOne();
            assertThat(three.notified).containsExactly(1);
            assertThat(machine.eventLoop().poll(0)).isZero();
        }
    }

    private static void endTurn(VirtioContext context, int queue) {
        while (context.mayGoOn(queue)) {
            // One more chain.
        }
    }

    @Test
    void exclusive_findsTheRingBroken_needsReset() {
        try (VirtioPort port = attach(VirtioSetup.DEFAULT)) {
            GuestDriver driver = new GuestDriver(machine);
            live(driver).rawAvailIdx(QUEUE_SIZE + 1);
            device.context().exclusive(() -> device.queueNotify(0)).run();
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).as("%s", port).isNotZero();
        }
    }

    @Test
    void needsReset_afterTheReset_isNotTheNextDrivers() {
        try (VirtioPort port = attach(VirtioSetup.DEFAULT)) {
            GuestDriver driver = new GuestDriver(machine);
            live(driver);
            driver.reset();
            device.context().needsReset();
            assertThat(driver.status()).as("%s", port).isZero();
            live(driver);
            device.context().needsReset();
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isNotZero();
        }
    }

    @Test
    void attach_noInterruptIsFree_leavesNothingBehind() throws IOException {
        assertThat(Turn.MOST_CHAINS).as("classes are loaded").isPositive();
        try (FakeDeviceContext other = new FakeDeviceContext("probe");
                VirtioPort port = VirtioSetup.DEFAULT.attach(device, Optional.empty(), other)) {
            assertThat(port).hasToString("virtio-mmio");
        }
        for (int gsi = 16; gsi < 24; gsi++) {
            assertThat(machine.claimFree(Trigger.EDGE).gsi()).isEqualTo(gsi);
        }
        long before = openFiles();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> attach(VirtioSetup.DEFAULT.on(LoopChoice.OWN)))
                    .isInstanceOf(ConfigException.class);
        }
        assertThat(openFiles()).isLessThan(before + 20);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
