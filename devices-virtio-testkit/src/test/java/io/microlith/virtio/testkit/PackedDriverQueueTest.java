// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The offsets and bits here are VIRTIO 1.2's (2.8.13, 2.8.14), and not the class's. */
class PackedDriverQueueTest {
    private static final int SIZE = 3;

    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final GuestMemory memory = machine.memory();
    private final GuestHeap heap = new GuestHeap(memory);
    private final PackedDriverQueue queue = new PackedDriverQueue(heap, SIZE, EventMode.FLAGS);

    @AfterEach
    void close() {
        machine.close();
    }

    private long slot(int index) {
        return queue.descriptorArea() + 16L * (index % SIZE);
    }

    private int flags(int index) {
        return memory.getShort(slot(index) + 14) & 0xffff;
    }

    /** The device gives a chain back in the slot that comes after so many descriptors. */
    private void use(int index, int id, int written) {
        memory.putInt(slot(index) + 8, written);
        memory.putShort(slot(index) + 12, (short) id);
        memory.putShort(slot(index) + 14, (short) (index / SIZE % 2 == 0 ? 0x8080 : 0));
    }

    @Test
    void areas_ofTheirSizes_areAlignedAndApart() {
        assertThat(queue.descriptorArea() % 16).isZero();
        assertThat(queue.driverArea() % 4).isZero();
        assertThat(queue.deviceArea() % 4).isZero();
        assertThat(queue.driverArea()).isGreaterThanOrEqualTo(queue.descriptorArea() + 16 * SIZE);
        assertThat(queue.deviceArea()).isGreaterThanOrEqualTo(queue.driverArea() + 4);
    }

    @Test
    void add_chain_isInOrderWithItsIdAtTheEnd() {
        int id = queue.add(GuestBuffer.readable(0x1_2345_6789L, 0xffff_fff0L), GuestBuffer.writable(0x2000, 7));
        assertThat(memory.getLong(slot(0))).isEqualTo(0x1_2345_6789L);
        assertThat(memory.getInt(slot(0) + 8)).isEqualTo(0xffff_fff0);
        assertThat(flags(0)).as("AVAIL, NEXT").isEqualTo(0x0081);
        assertThat(memory.getLong(slot(1))).isEqualTo(0x2000);
        assertThat(memory.getShort(slot(1) + 12)).isEqualTo((short) id);
        assertThat(flags(1)).as("AVAIL, WRITE").isEqualTo(0x0082);
    }

    @Test
    void addIndirect_chain_isInATableOfItsOwn() {
        queue.addIndirect(List.of(GuestBuffer.readable(0x2000, 1), GuestBuffer.writable(0x3000, 2)));
        assertThat(flags(0)).as("AVAIL, INDIRECT").isEqualTo(0x0084);
        assertThat(memory.getInt(slot(0) + 8)).isEqualTo(32);
        long table = memory.getLong(slot(0));
        assertThat(memory.getLong(table)).isEqualTo(0x2000);
        assertThat(memory.getShort(table + 14)).isZero();
        assertThat(memory.getLong(table + 16)).isEqualTo(0x3000);
        assertThat(memory.getShort(table + 30)).isEqualTo((short) 2);
    }

    @Test
    void add_noDescriptorFree_throwsUntilOneComesBack() {
        int id = queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1));
        assertThatThrownBy(() -> queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1)))
                .isInstanceOf(IllegalStateException.class);
        use(0, id, 0);
        assertThat(queue.poll()).contains(new UsedBuffer(id, 0));
        queue.add(GuestBuffer.readable(0, 1), GuestBuffer.readable(0, 1));
    }

    @Test
    void ring_manyTimesAround_changesTheWrapCounter() {
        for (int i = 0; i < 100; i++) {
            int id = queue.add(GuestBuffer.readable(0x2000, 1));
            assertThat(flags(i)).isEqualTo(i / SIZE % 2 == 0 ? 0x0080 : 0x8000);
            assertThat(queue.poll()).isEmpty();
            use(i, id, -1);
            assertThat(queue.poll()).contains(new UsedBuffer(id, 0xffff_ffffL));
        }
    }

    @Test
    void poll_idItDoesNotHave_throws() {
        queue.add(GuestBuffer.readable(0x2000, 1));
        use(0, 77, 0);
        assertThatThrownBy(queue::poll)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("77");
    }

    @Test
    void wantsNotification_flags_followTheDevice() {
        assertThat(queue.wantsNotification()).as("nothing new").isFalse();
        queue.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.wantsNotification()).isTrue();
        memory.putShort(queue.deviceArea() + 2, (short) 1);
        queue.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.wantsNotification()).isFalse();
    }

    @Test
    void wantsNotification_index_whenPassed() {
        memory.putShort(queue.deviceArea() + 2, (short) 2);
        memory.putShort(queue.deviceArea(), (short) (0x8000 | 1));
        for (boolean wanted : new boolean[] {false, true, false}) {
            queue.add(GuestBuffer.writable(0x2000, 1));
            assertThat(queue.wantsNotification()).isEqualTo(wanted);
        }
        memory.putShort(queue.deviceArea(), (short) 0);
        use(0, 0, 0);
        assertThat(queue.poll()).isPresent();
        queue.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.wantsNotification()).as("slot 0 on the second lap").isTrue();
    }

    @Test
    void interrupts_eitherMode_areAskedForWhereTheDeviceLooks() {
        queue.disableInterrupts();
        assertThat(memory.getInt(queue.driverArea())).isEqualTo(0x1_0000);
        queue.enableInterrupts();
        assertThat(memory.getInt(queue.driverArea())).isZero();
        PackedDriverQueue other = new PackedDriverQueue(heap, SIZE, EventMode.INDEX);
        other.enableInterrupts();
        assertThat(memory.getInt(other.driverArea())).isEqualTo(0x2_8000);
        other.rawUsedEvent(SIZE + 1);
        assertThat(memory.getInt(other.driverArea())).isEqualTo(0x2_0001);
    }

    @Test
    void poll_inOrder_oneDescriptorStandsForABatch() {
        PackedDriverQueue other = new PackedDriverQueue(heap, SIZE, EventMode.FLAGS, UseOrder.IN_ORDER);
        int first = other.add(GuestBuffer.readable(0x2000, 5), GuestBuffer.writable(0x2000, 7));
        int second = other.add(GuestBuffer.writable(0x2000, 8));
        long ring = other.descriptorArea();
        memory.putInt(ring + 8, 3);
        memory.putShort(ring + 12, (short) second);
        memory.putShort(ring + 14, (short) 0x8080);
        PackedDriverQueue same = other.in(heap);
        assertThat(same.poll()).contains(new UsedBuffer(first, 7));
        assertThat(same.poll()).contains(new UsedBuffer(second, 3));
        assertThat(same.poll()).isEmpty();
        same.add(GuestBuffer.readable(0x2000, 1), GuestBuffer.readable(0x2000, 1), GuestBuffer.readable(0x2000, 1));
    }
}
