// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The offsets here are VIRTIO 1.2's (2.7.5, 2.7.6, 2.7.8), and not the class's. */
class SplitDriverQueueTest {
    private static final int SIZE = 4;

    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final GuestMemory memory = machine.memory();
    private final GuestHeap heap = new GuestHeap(memory);
    private final SplitDriverQueue queue = new SplitDriverQueue(heap, SIZE, EventMode.FLAGS);

    @AfterEach
    void close() {
        machine.close();
    }

    /** The device gives a chain back, at a running index. */
    private void use(SplitDriverQueue of, int index, int id, int written) {
        long element = of.deviceArea() + 4 + 8L * (index % SIZE);
        memory.putInt(element, id);
        memory.putInt(element + 4, written);
        memory.putShort(of.deviceArea() + 2, (short) (index + 1));
    }

    @Test
    void areas_ofTheirSizes_areAlignedAndApart() {
        assertThat(queue.descriptorArea() % 16).isZero();
        assertThat(queue.driverArea() % 2).isZero();
        assertThat(queue.deviceArea() % 4).isZero();
        assertThat(queue.driverArea()).isGreaterThanOrEqualTo(queue.descriptorArea() + 16 * SIZE);
        assertThat(queue.deviceArea()).isGreaterThanOrEqualTo(queue.driverArea() + 6 + 2 * SIZE);
        assertThat(heap.take(1, 1)).isGreaterThanOrEqualTo(queue.deviceArea() + 6 + 8 * SIZE);
    }

    @Test
    void add_chain_isLinkedAndAvailable() {
        int id = queue.add(GuestBuffer.readable(0x1_2345_6789L, 0xffff_fff0L), GuestBuffer.writable(0x2000, 7));
        long first = queue.descriptorArea() + 16L * id;
        assertThat(memory.getLong(first)).isEqualTo(0x1_2345_6789L);
        assertThat(memory.getInt(first + 8)).isEqualTo(0xffff_fff0);
        assertThat(memory.getShort(first + 12)).as("NEXT").isEqualTo((short) 1);
        long second = queue.descriptorArea() + 16L * memory.getShort(first + 14);
        assertThat(memory.getLong(second)).isEqualTo(0x2000);
        assertThat(memory.getInt(second + 8)).isEqualTo(7);
        assertThat(memory.getShort(second + 12)).as("WRITE").isEqualTo((short) 2);
        assertThat(memory.getShort(queue.driverArea())).isZero();
        assertThat(memory.getShort(queue.driverArea() + 2)).isEqualTo((short) 1);
        assertThat(memory.getShort(queue.driverArea() + 4)).isEqualTo((short) id);
    }

    @Test
    void addIndirect_chain_isInATableOfItsOwn() {
        int id = queue.addIndirect(List.of(GuestBuffer.readable(0x2000, 1), GuestBuffer.writable(0x3000, 2)));
        long descriptor = queue.descriptorArea() + 16L * id;
        assertThat(memory.getInt(descriptor + 8)).isEqualTo(32);
        assertThat(memory.getShort(descriptor + 12)).as("INDIRECT").isEqualTo((short) 4);
        long table = memory.getLong(descriptor);
        assertThat(memory.getLong(table)).isEqualTo(0x2000);
        assertThat(memory.getShort(table + 12)).isEqualTo((short) 1);
        assertThat(memory.getShort(table + 14)).isEqualTo((short) 1);
        assertThat(memory.getLong(table + 16)).isEqualTo(0x3000);
        assertThat(memory.getShort(table + 28)).isEqualTo((short) 2);
    }

    @Test
    void add_noDescriptorFree_throwsUntilOneComesBack() {
        int id = queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1));
        assertThatThrownBy(() -> queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1)))
                .isInstanceOf(IllegalStateException.class);
        use(queue, 0, id, 0);
        assertThat(queue.poll()).contains(new UsedBuffer(id, 0));
        queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1));
    }

    @Test
    void rings_manyTimesAround_wrap() {
        for (int i = 0; i < 70_000; i++) {
            int id = queue.add(GuestBuffer.writable(0x2000, 1));
            assertThat(memory.getShort(queue.driverArea() + 2)).isEqualTo((short) (i + 1));
            assertThat(memory.getShort(queue.driverArea() + 4 + 2L * (i % SIZE)))
                    .isEqualTo((short) id);
            assertThat(queue.poll()).isEmpty();
            use(queue, i, id, -1);
            assertThat(queue.poll()).contains(new UsedBuffer(id, 0xffff_ffffL));
        }
    }

    @Test
    void wantsNotification_flags_followTheDevice() {
        assertThat(queue.wantsNotification()).as("nothing new").isFalse();
        queue.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.wantsNotification()).isTrue();
        memory.putShort(queue.deviceArea(), (short) 1);
        queue.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.wantsNotification()).isFalse();
    }

    @Test
    void wantsNotification_index_whenPassed() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.INDEX);
        memory.putShort(other.deviceArea() + 4 + 8 * SIZE, (short) 2);
        for (boolean wanted : new boolean[] {false, false, true, false}) {
            other.add(GuestBuffer.writable(0x2000, 1));
            assertThat(other.wantsNotification()).isEqualTo(wanted);
        }
    }

    @Test
    void interrupts_eitherMode_areAskedForWhereTheDeviceLooks() {
        queue.disableInterrupts();
        assertThat(memory.getShort(queue.driverArea())).isEqualTo((short) 1);
        queue.enableInterrupts();
        assertThat(memory.getShort(queue.driverArea())).isZero();
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.INDEX);
        other.disableInterrupts();
        assertThat(memory.getShort(other.driverArea() + 4 + 2 * SIZE)).isEqualTo((short) -1);
        other.enableInterrupts();
        assertThat(memory.getShort(other.driverArea() + 4 + 2 * SIZE)).isZero();
        assertThat(memory.getShort(other.driverArea())).isZero();
    }

    @Test
    void in_copyOfTheMemory_goesOn() {
        int id = queue.add(GuestBuffer.writable(0x2000, 1));
        SplitDriverQueue same = queue.in(heap);
        use(queue, 0, id, 1);
        assertThat(same.poll()).contains(new UsedBuffer(id, 1));
        same.add(GuestBuffer.writable(0x2000, 1));
        assertThat(same.availIdx()).isEqualTo(2);
    }

    @Test
    void poll_inOrder_oneElementStandsForABatch() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.FLAGS, UseOrder.IN_ORDER);
        int first = other.add(GuestBuffer.readable(0x2000, 5), GuestBuffer.writable(0x2000, 7));
        int second = other.add(GuestBuffer.writable(0x2000, 8));
        use(other, 0, second, 3);
        memory.putShort(other.deviceArea() + 2, (short) 2);
        SplitDriverQueue same = other.in(heap);
        assertThat(same.poll()).contains(new UsedBuffer(first, 7));
        assertThat(same.poll()).contains(new UsedBuffer(second, 3));
        assertThat(same.poll()).isEmpty();
        int third = same.add(GuestBuffer.writable(0x2000, 1));
        use(same, 2, third, 1);
        assertThat(same.poll()).contains(new UsedBuffer(third, 1));
    }

    @Test
    void poll_outOfOrder_isNoticed() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.FLAGS, UseOrder.IN_ORDER);
        int first = other.add(GuestBuffer.writable(0x2000, 7));
        int second = other.add(GuestBuffer.writable(0x2000, 8));
        use(other, 0, second, 8);
        use(other, 1, first, 7);
        assertThat(other.poll()).contains(new UsedBuffer(first, 7));
        assertThat(other.poll()).contains(new UsedBuffer(second, 8));
        assertThat(other.poll()).isEmpty();
        other.add(GuestBuffer.writable(0x2000, 9));
        use(other, 2, second, 1);
        assertThatThrownBy(other::poll).isInstanceOf(IllegalStateException.class);
    }
}
