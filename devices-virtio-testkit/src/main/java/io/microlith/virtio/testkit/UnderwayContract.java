// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.state.DeviceState;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A request that is under way when its device is reset or saved is forgotten, or goes along.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class UnderwayContract<C, S extends DeviceState> extends RequestContract<C, S> {
    private static final List<Long> FORMATS =
            List.of(GuestDriver.RING_RESET, GuestDriver.RING_RESET | GuestDriver.RING_PACKED);

    /** In which a thread does not run: it waits for whoever calls the device, or has come to its end. */
    private static final Set<Thread.State> STOPPED =
            Set.of(Thread.State.BLOCKED, Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED);

    /** The ways to end a request: of the driver, of the machine, and of the driver for the queue alone. */
    private List<Consumer<Machine>> resets() {
        return List.of(
                machine -> machine.driver.reset(),
                machine -> machine.device.reset(),
                machine -> machine.driver.resetQueue(0));
    }

    @Test
    @Timeout(60)
    void reset_atEveryAccessOfARequest_touchesNothingAfterwards() throws InterruptedException {
        for (long format : FORMATS) {
            for (Consumer<Machine> reset : resets()) {
                int accesses = 0;
                while (resetAtAccess(accesses + 1, format, reset)) {
                    accesses++;
                }
                assertThat(accesses).as("accesses of a request").isPositive();
            }
        }
    }

    /**
     * Another vCPU resets while the device is about to access memory for a request: from when its call has returned,
     * memory is the driver's. Returns whether there are so many accesses.
     */
    private boolean resetAtAccess(int access, long format, Consumer<Machine> reset) throws InterruptedException {
        try (Machine machine = new Machine()) {
            DriverQueue queue = machine.live(format);
            queue.add(request(machine.driver.heap()));
            machine.driver.ring(0);
            AtomicReference<byte[]> whenReset = new AtomicReference<>();
            Thread vcpu = Thread.ofPlatform().unstarted(() -> {
                reset.accept(machine);
                whenReset.set(machine.memory());
            });
            machine.memory.arm(access, () -> startAndLetRun(vcpu));
            machine.driver.settle();
            if (!machine.memory.isTripped()) {
                return false;
            }
            vcpu.join();
            machine.driver.interrupted();
            machine.driver.settle();
            assertThat(machine.memory())
                    .as("memory, reset at access %d", access)
                    .isEqualTo(whenReset.get());
            assertThat(machine.driver.interrupted()).isFalse();
            assertThat(machine.needsReset()).isFalse();
            machine.assertWorks();
            return true;
        }
    }

    // Who waits lets the other run, on a machine with one processor to spare.
    @SuppressWarnings("ThreadPriorityCheck")
    private static void startAndLetRun(Thread vcpu) {
        vcpu.start();
        while (!STOPPED.contains(vcpu.getState())) {
            Thread.yield();
        }
    }

    @Test
    void reset_requestHeld_touchesNothingAfterwards() {
        for (long format : FORMATS) {
            for (Consumer<Machine> reset : resets()) {
                held().ifPresent(held -> resetWhileHeld(held, format, reset));
            }
        }
    }

    private void resetWhileHeld(HeldRequests<C> held, long format, Consumer<Machine> reset) {
        try (Machine machine = new Machine(held.configs())) {
            DriverQueue queue = machine.live(format);
            queue.add(request(machine.driver.heap()));
            machine.driver.kick(0);
            assertThat(queue.poll()).as("a request that is held").isEmpty();
            reset.accept(machine);
            machine.driver.interrupted();
            byte[] before = machine.memory();
            held.release().run();
            machine.driver.settle();
            assertThat(machine.memory()).isEqualTo(before);
            assertThat(machine.driver.interrupted()).isFalse();
            assertThat(machine.needsReset()).isFalse();
            machine.assertWorks();
        }
    }

    @Test
    void save_requestHeld_isCompletedElsewhere() {
        for (long format : FORMATS) {
            held().ifPresent(held -> saveWhileHeld(held, format));
        }
    }

    private void saveWhileHeld(HeldRequests<C> held, long format) {
        try (Machine machine = new Machine(held.configs())) {
            DriverQueue queue = machine.live(format);
            int id = queue.add(request(machine.driver.heap()));
            machine.driver.kick(0);
            assertThat(queue.poll()).as("a request that is held").isEmpty();
            try (Machine elsewhere = machine.move()) {
                held.release().run();
                elsewhere.driver.settle();
                assertThat(queue.in(elsewhere.driver.heap()).poll())
                        .hasValueSatisfying(used -> assertThat(used.id()).isEqualTo(id));
                elsewhere.assertWorks();
            }
        }
    }
}
