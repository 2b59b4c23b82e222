// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.state.DeviceState;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A driver's rings may be wrong in every way.
 *
 * @param <C> the device's configuration
 * @param <S> the device's state
 */
abstract class RingContract<C, S extends DeviceState> extends RegisterContract<C, S> {
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
    void chain_wrongInEveryWay_isCompletedOrNeedsReset() {
        long end = FakeDeviceContext.MEMORY_SIZE;
        List<List<GuestBuffer>> chains = List.of(
                List.of(GuestBuffer.readable(0x2000, 64)),
                List.of(GuestBuffer.writable(0x2000, 64)),
                List.of(GuestBuffer.writable(0x2000, 64), GuestBuffer.readable(0x3000, 64)),
                List.of(GuestBuffer.writable(0x2000, 0)),
                List.of(GuestBuffer.readable(0x2000, 0), GuestBuffer.writable(0x2000, 0)),
                List.of(GuestBuffer.writable(0, 0xffff_ffffL)),
                List.of(GuestBuffer.readable(0, 0xffff_ffffL), GuestBuffer.writable(0x2000, 1)),
                List.of(GuestBuffer.readable(end - 1, 2), GuestBuffer.writable(0x2000, 1)),
                List.of(GuestBuffer.writable(-1, 1)),
                List.of(GuestBuffer.writable(Long.MIN_VALUE, 0xffff_ffffL)));
        for (List<GuestBuffer> chain : chains) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1);
                SplitDriverQueue queue = machine.driver.setUpQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                queue.add(chain);
                machine.driver.kick(0);
                assertThat(queue.poll().isPresent() || (machine.driver.status() & GuestDriver.NEEDS_RESET) != 0)
                        .as("%s", chain)
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    @Test
    void ring_wrongInEveryWay_isCompletedOrNeedsReset() {
        for (WrongRing<SplitDriverQueue> wrong : WrongRing.split()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC);
                SplitDriverQueue queue = machine.driver.setUpQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                wrong.attack(queue, machine.driver.heap());
                machine.driver.kick(0);
                assertThat(queue.poll().isPresent() || machine.needsReset())
                        .as(wrong.what())
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    @Test
    void ring_packedAndWrongInEveryWay_isGivenBackOrNeedsReset() {
        for (WrongRing<PackedDriverQueue> wrong : WrongRing.packed()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | GuestDriver.RING_PACKED);
                if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                    return;
                }
                PackedDriverQueue queue = machine.driver.setUpPackedQueue(0, QUEUE_SIZE);
                machine.driver.ready();
                wrong.attack(queue, machine.driver.heap());
                machine.driver.kick(0);
                assertThat(queue.rawIsUsed() || machine.needsReset())
                        .as(wrong.what())
                        .isTrue();
                machine.assertWorks();
            }
        }
    }

    /** What the device finds in a queue other than its first may be for later, but it is to be borne all the same. */
    @Test
    void ring_wrongInEveryWayOnEveryQueue_worksAfterReset() {
        for (WrongRing<SplitDriverQueue> wrong : WrongRing.split()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC);
                for (int index = 0; index < machine.driver.queueCount(); index++) {
                    int size = Math.min(QUEUE_SIZE, machine.driver.queueSize(index));
                    wrong.attack(machine.driver.setUpQueue(index, size), machine.driver.heap());
                }
                machine.notifyAllQueues();
                machine.assertWorks();
            }
        }
    }

    @Test
    void ring_packedAndWrongInEveryWayOnEveryQueue_worksAfterReset() {
        for (WrongRing<PackedDriverQueue> wrong : WrongRing.packed()) {
            try (Machine machine = new Machine()) {
                machine.driver.begin(GuestDriver.VERSION_1 | GuestDriver.INDIRECT_DESC | GuestDriver.RING_PACKED);
                if ((machine.driver.offered() & GuestDriver.RING_PACKED) == 0) {
                    return;
                }
                for (int index = 0; index < machine.driver.queueCount(); index++) {
                    int size = Math.min(QUEUE_SIZE, machine.driver.queueSize(index));
                    wrong.attack(machine.driver.setUpPackedQueue(index, size), machine.driver.heap());
                }
                machine.notifyAllQueues();
                machine.assertWorks();
            }
        }
    }

    @Test
    void queue_anyPlacesAndSizes_worksOrNeedsReset() {
        long end = FakeDeviceContext.MEMORY_SIZE;
        long[] places = {0, 2, 4, 8, 0x2000, end - 16, end - 4, end - 2, end, 1L << 32, -16, -1, Long.MIN_VALUE};
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
