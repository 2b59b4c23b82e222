// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.state.DeviceState;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whenever it is reset or saved, a device goes on afterwards.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class LifeContract<C, S extends DeviceState> extends UnderwayContract<C, S> {
    private static final List<Long> FORMATS = List.of(0L, GuestDriver.RING_PACKED);

    @Test
    void reset_atEveryStep_worksAfterwards() {
        for (long format : FORMATS) {
            for (int steps = 0; steps <= STEPS; steps++) {
                try (Machine machine = new Machine()) {
                    machine.bringUp(steps, format);
                    machine.device.reset();
                    assertThat(machine.driver.status()).isZero();
                    machine.bringUp(steps, format);
                    machine.driver.reset();
                    assertThat(machine.driver.status()).isZero();
                    machine.assertWorks();
                }
            }
        }
    }

    @Test
    void save_atEveryStep_goesOnElsewhere() {
        for (long format : FORMATS) {
            for (int steps = 0; steps <= STEPS; steps++) {
                try (Machine machine = new Machine()) {
                    machine.bringUp(steps, format);
                    DeviceState before = machine.save();
                    // Asleep, for as soon as it goes on it may serve what is there.
                    try (Machine elsewhere = machine.moveAsleep()) {
                        assertThat(elsewhere.save()).isEqualTo(before);
                        elsewhere.device.resume();
                        elsewhere.assertWorks();
                    }
                }
            }
        }
    }

    @Test
    void save_requestPending_isServedElsewhere() {
        for (long format : FORMATS) {
            try (Machine machine = new Machine()) {
                DriverQueue queue = machine.live(format);
                queue.add(request(machine.driver.heap()));
                machine.driver.ring(0);
                try (Machine elsewhere = machine.move()) {
                    elsewhere.driver.settle();
                    assertThat(queue.in(elsewhere.driver.heap()).poll()).isPresent();
                }
            }
        }
    }

    @Test
    void pause_requestComes_waitsForResumeAndMemoryStays() {
        try (Machine machine = new Machine()) {
            SplitDriverQueue queue = machine.readyForRequests();
            machine.device.pause();
            DeviceState before = machine.save();
            queue.add(request(machine.driver.heap()));
            machine.driver.ring(0);
            byte[] memory = machine.memory();
            machine.driver.settle();
            assertThat(machine.memory()).isEqualTo(memory);
            assertThat(machine.driver.interrupted()).isFalse();
            assertThat(machine.save()).isEqualTo(before);
            machine.device.resume();
            machine.driver.settle();
            assertThat(queue.poll()).isPresent();
            assertThat(machine.driver.interrupted()).isTrue();
        }
    }

    @Test
    void restore_requestPending_waitsForResume() {
        try (Machine machine = new Machine()) {
            SplitDriverQueue queue = machine.readyForRequests();
            queue.add(request(machine.driver.heap()));
            try (Machine elsewhere = machine.moveAsleep()) {
                elsewhere.driver.ring(0);
                byte[] memory = elsewhere.memory();
                elsewhere.driver.settle();
                assertThat(elsewhere.memory()).isEqualTo(memory);
                elsewhere.device.resume();
                elsewhere.driver.settle();
                assertThat(queue.in(elsewhere.driver.heap()).poll()).isPresent();
            }
        }
    }

    @Test
    void reset_requestPending_touchesNothingAfterwards() {
        for (long format : FORMATS) {
            try (Machine machine = new Machine()) {
                DriverQueue queue = machine.live(format);
                queue.add(request(machine.driver.heap()));
                machine.driver.ring(0);
                machine.driver.reset();
                byte[] before = machine.memory();
                machine.driver.settle();
                assertThat(machine.memory()).isEqualTo(before);
                assertThat(machine.driver.interrupted()).isFalse();
                machine.assertWorks();
            }
        }
    }

    @Test
    void queueReset_requestPending_touchesNothingAfterwards() {
        for (long format : FORMATS) {
            try (Machine machine = new Machine()) {
                DriverQueue queue = machine.live(format | GuestDriver.RING_RESET);
                queue.add(request(machine.driver.heap()));
                machine.driver.ring(0);
                machine.driver.resetQueue(0);
                byte[] before = machine.memory();
                machine.driver.settle();
                assertThat(machine.memory()).isEqualTo(before);
                assertThat(machine.needsReset()).isFalse();
                machine.assertWorks();
            }
        }
    }

    @Test
    void save_packedQueueMidway_goesOnElsewhere() {
        try (Machine machine = new Machine()) {
            if (!(machine.live(GuestDriver.RING_PACKED) instanceof PackedDriverQueue queue)) {
                return;
            }
            // An odd number, so that the wrap counters differ from those at the beginning sooner or later.
            for (int i = 0; i < QUEUE_SIZE + 3; i++) {
                queue.addIndirect(request(machine.driver.heap()));
                machine.driver.kick(0);
                assertThat(queue.poll()).isPresent();
            }
            queue.addIndirect(request(machine.driver.heap()));
            machine.driver.ring(0);
            try (Machine elsewhere = machine.move()) {
                elsewhere.driver.settle();
                assertThat(queue.in(elsewhere.driver.heap()).poll()).isPresent();
            }
        }
    }
}
