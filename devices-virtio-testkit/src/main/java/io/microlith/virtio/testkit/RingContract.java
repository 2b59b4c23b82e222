// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.state.DeviceState;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * A driver's rings may be wrong in every way.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class RingContract<C, S extends DeviceState> extends RegisterContract<C, S> {
    private static final List<Long> FORMATS = List.of(0L, GuestDriver.RING_PACKED);
    private static final long END = FakeDeviceContext.MEMORY_SIZE;

    /** All but the order: a driver that counts on it would have to know what hostile ones made available. */
    private static final long FEATURES = ~GuestDriver.IN_ORDER;

    private static final List<List<GuestBuffer>> WRONG_CHAINS = List.of(
            List.of(GuestBuffer.readable(0x2000, 64)),
            List.of(GuestBuffer.writable(0x2000, 64)),
            List.of(GuestBuffer.writable(0x2000, 64), GuestBuffer.readable(0x3000, 64)),
            List.of(GuestBuffer.writable(0x2000, 0)),
            List.of(GuestBuffer.readable(0x2000, 0), GuestBuffer.writable(0x2000, 0)),
            List.of(GuestBuffer.writable(0, 0xffff_ffffL)),
            List.of(GuestBuffer.readable(0, 0xffff_ffffL), GuestBuffer.writable(0x2000, 1)),
            List.of(GuestBuffer.readable(END - 1, 2), GuestBuffer.writable(0x2000, 1)),
            List.of(GuestBuffer.writable(-1, 1)),
            List.of(GuestBuffer.writable(Long.MIN_VALUE, 0xffff_ffffL)));

    @Test
    void queue_outsideMemory_needsReset() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(GuestDriver.VERSION_1);
            machine.driver.enableRaw(0, QUEUE_SIZE, 0x7fff_0000L << Integer.SIZE, 0, 0);
            machine.driver.ready();
            assertThat(machine.driver.status() & GuestDriver.NEEDS_RESET).isNotZero();
            machine.assertWorks();
        }
    }

    @Test
    void chain_wrongInEveryWayOnEveryQueue_isCompletedOrNeedsReset() {
        int queues = countQueues();
        for (long format : FORMATS) {
            for (List<GuestBuffer> chain : WRONG_CHAINS) {
                for (int index = 0; index < queues; index++) {
                    give(chain, format, index);
                }
            }
        }
    }

    private void give(List<GuestBuffer> chain, long format, int index) {
        try (Machine machine = new Machine()) {
            machine.driver.begin(FEATURES & GuestDriver.ALL_OF_SPLIT_QUEUES | format);
            boolean packed = (format & machine.driver.offered() & GuestDriver.RING_PACKED) != 0;
            DriverQueue queue = packed
                    ? machine.setUpAllQueues(machine.driver::setUpPackedQueue).get(index)
                    : machine.setUpAllQueues(machine.driver::setUpQueue).get(index);
            queue.add(chain);
            assertAnswers(machine, index, () -> queue.poll().isPresent(), chain);
        }
    }

    /** Whatever is in a queue comes back, unless it may stay or the driver has to begin anew. */
    private void assertAnswers(Machine machine, int queue, BooleanSupplier answered, Object what) {
        machine.notifyAllQueues();
        assertThat(mayKeep(queue) || answered.getAsBoolean() || machine.needsReset())
                .as("%s in queue %d", what, queue)
                .isTrue();
        machine.assertWorks();
    }

    @Test
    void ring_wrongInEveryWayOnEveryQueue_isCompletedOrNeedsReset() {
        int queues = countQueues();
        for (WrongRing<SplitDriverQueue> wrong : WrongRing.split()) {
            for (int attacked = 0; attacked < queues; attacked++) {
                attackSplit(wrong, attacked);
            }
        }
    }

    private void attackSplit(WrongRing<SplitDriverQueue> wrong, int attacked) {
        try (Machine machine = new Machine()) {
            machine.driver.begin(FEATURES & GuestDriver.ALL_OF_SPLIT_QUEUES);
            SplitDriverQueue queue =
                    machine.setUpAllQueues(machine.driver::setUpQueue).get(attacked);
            wrong.attack(queue, machine.driver.heap());
            assertAnswers(machine, attacked, () -> queue.poll().isPresent(), wrong.what());
        }
    }

    @Test
    void ring_packedAndWrongInEveryWayOnEveryQueue_isGivenBackOrNeedsReset() {
        int queues = countQueues();
        for (WrongRing<PackedDriverQueue> wrong : WrongRing.packed()) {
            for (int attacked = 0; attacked < queues; attacked++) {
                attackPacked(wrong, attacked);
            }
        }
    }

    private void attackPacked(WrongRing<PackedDriverQueue> wrong, int attacked) {
        try (Machine machine = new Machine()) {
            machine.driver.begin(FEATURES);
            if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                return;
            }
            PackedDriverQueue queue =
                    machine.setUpAllQueues(machine.driver::setUpPackedQueue).get(attacked);
            wrong.attack(queue, machine.driver.heap());
            assertAnswers(machine, attacked, queue::rawIsUsed, wrong.what());
        }
    }

    private int countQueues() {
        try (Machine machine = new Machine()) {
            machine.driver.begin(FEATURES);
            return machine.driver.queueCount();
        }
    }

    @Test
    void queue_anyPlacesAndSizes_worksOrNeedsReset() {
        long[] places = {0, 2, 4, 8, 0x2000, END - 16, END - 4, END - 2, END, 1L << 32, -16, -1, Long.MIN_VALUE};
        for (int size : new int[] {0, 1, 2, 3, QUEUE_SIZE, 1 << 15, 1 << 16}) {
            for (long place : places) {
                for (long features : List.of(GuestDriver.VERSION_1, GuestDriver.VERSION_1 | GuestDriver.RING_PACKED)) {
                    try (Machine machine = new Machine()) {
                        machine.driver.begin(features);
                        // All areas in one place: nobody forbids a driver that.
                        machine.driver.enableRaw(0, size, place, place, place);
                        machine.driver.ready();
                        machine.driver.kick(0);
                        machine.assertWorks();
                    }
                }
            }
        }
    }
}
