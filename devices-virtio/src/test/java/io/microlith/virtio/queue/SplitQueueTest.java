// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.IoVector;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.EventMode;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SplitQueueTest {
    private static final int SIZE = 8;

    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final GuestMemory memory = machine.memory();
    private final GuestHeap heap = new GuestHeap(memory);
    private final SplitDriverQueue driver = new SplitDriverQueue(heap, SIZE, EventMode.FLAGS);

    @RegisterExtension
    final QueueSeed queue = new QueueSeed(
            SplitQueueFuzzTest.class,
            state(driver),
            new QueueLayout(QueueLayout.Format.SPLIT, false, true),
            memory,
            script -> script.number(3, 0, 4));

    private final DescriptorChain chain = new DescriptorChain(SIZE);

    @AfterEach
    void close() {
        machine.close();
    }

    private VirtQueue open(SplitDriverQueue other, QueueLayout layout) {
        return layout.open(state(other), memory);
    }

    private static QueueState state(SplitDriverQueue other) {
        return new QueueState(other.size(), true, other.descriptorArea(), other.driverArea(), other.deviceArea(), 0, 0);
    }

    @Test
    void pop_nothingAvailable_isFalse() {
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.isBroken()).isFalse();
    }

    @Test
    void pop_chainOfBothKinds_hasBuffersInOrder() {
        int id = driver.add(GuestBuffer.readable(0x2000, 16), GuestBuffer.writable(0x3000, 32));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(id);
        assertThat(chain.faulted()).isFalse();
        assertThat(chain.readableBytes()).isEqualTo(16);
        assertThat(chain.writableBytes()).isEqualTo(32);
        assertThat(chain.next()).isTrue();
        assertThat(chain.address()).isEqualTo(0x2000);
        assertThat(chain.length()).isEqualTo(16);
        assertThat(chain.deviceWritable()).isFalse();
        assertThat(chain.next()).isTrue();
        assertThat(chain.address()).isEqualTo(0x3000);
        assertThat(chain.deviceWritable()).isTrue();
        assertThat(chain.next()).isFalse();
        assertThat(queue.pop(chain)).isFalse();
    }

    @Test
    void pop_indirect_hasBuffersOfTheTable() {
        driver.addIndirect(List.of(
                GuestBuffer.readable(0x2000, 1), GuestBuffer.readable(0x2100, 2), GuestBuffer.writable(0x2200, 3)));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isFalse();
        assertThat(chain.readableBytes()).isEqualTo(3);
        assertThat(chain.writableBytes()).isEqualTo(3);
    }

    @Test
    void pop_indirectNotAgreed_isFaulted() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.FLAGS);
        other.addIndirect(List.of(GuestBuffer.readable(0x2000, 1)));
        assertThat(open(other, new QueueLayout(QueueLayout.Format.SPLIT, false, false))
                        .pop(chain))
                .isTrue();
        assertThat(chain.faulted()).isTrue();
    }

    @Test
    void addUsed_chain_reachesDriver() {
        int id = driver.add(GuestBuffer.writable(0x3000, 32));
        assertThat(queue.pop(chain)).isTrue();
        queue.addUsed(chain.head(), 7);
        assertThat(driver.poll()).contains(new UsedBuffer(id, 7));
        assertThat(driver.poll()).isEmpty();
    }

    @Test
    void prepareUsed_severalChains_reachDriverTogether() {
        int first = driver.add(GuestBuffer.writable(0x3000, 32));
        int second = driver.add(GuestBuffer.writable(0x4000, 32));
        for (int i = 0; i < 2; i++) {
            assertThat(queue.pop(chain)).isTrue();
            queue.prepareUsed(chain.head(), -1 - i);
            assertThat(driver.poll()).isEmpty();
        }
        queue.publishUsed();
        assertThat(driver.poll()).contains(new UsedBuffer(first, 0xffff_ffffL));
        assertThat(driver.poll()).contains(new UsedBuffer(second, 0xffff_fffeL));
        assertThat(driver.poll()).isEmpty();
        queue.publishUsed();
        assertThat(driver.poll()).isEmpty();
    }

    @Test
    void pop_afterUndo_isTheSameAgain() {
        int id = driver.add(GuestBuffer.writable(0x3000, 32));
        assertThat(queue.pop(chain)).isTrue();
        queue.undoPop();
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(id);
        assertThat(queue.pop(chain)).isFalse();
    }

    @Test
    void pop_manyTimesAround_staysInStep() {
        for (int i = 0; i < 70_000; i++) {
            int id = driver.add(GuestBuffer.writable(0x3000, 32));
            assertThat(queue.pop(chain)).isTrue();
            queue.addUsed(chain.head(), i);
            assertThat(driver.poll()).contains(new UsedBuffer(id, i));
        }
    }

    @Test
    void pop_chainsAddedLater_areFoundAfterTheKnownOnes() {
        int first = driver.add(GuestBuffer.writable(0x3000, 1));
        assertThat(queue.pop(chain)).isTrue();
        int second = driver.add(GuestBuffer.writable(0x3000, 2));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(second);
        queue.undoPop();
        queue.undoPop();
        for (int id : new int[] {first, second}) {
            assertThat(queue.pop(chain)).isTrue();
            assertThat(chain.head()).isEqualTo(id);
        }
        assertThat(queue.pop(chain)).isFalse();
    }

    @Test
    void pop_loop_isFaultedAndGoesBack() {
        driver.rawDescriptor(0, 0x2000, 1, SplitDriverQueue.NEXT, 1);
        driver.rawDescriptor(1, 0x2000, 1, SplitDriverQueue.NEXT, 0);
        driver.rawAvail(0);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isTrue();
        assertThat(chain.next()).isFalse();
        queue.addUsed(chain.head(), 0);
        assertThat(driver.poll()).contains(new UsedBuffer(0, 0));
        assertThat(queue.isBroken()).isFalse();
    }

    @Test
    void pop_nextBeyondTable_isFaulted() {
        driver.rawDescriptor(0, 0x2000, 1, SplitDriverQueue.NEXT, SIZE);
        driver.rawAvail(0);
        assertPopsFaulted();
    }

    @Test
    void pop_indirectInIndirect_isFaulted() {
        long table = heap.take(16, 16);
        driver.rawDescriptor(table, 0, 0x2000, 16, SplitDriverQueue.INDIRECT, 0);
        driver.rawDescriptor(0, table, 16, SplitDriverQueue.INDIRECT, 0);
        driver.rawAvail(0);
        assertPopsFaulted();
    }

    @Test
    void pop_indirectWithNext_isFaulted() {
        long table = heap.take(16, 16);
        driver.rawDescriptor(table, 0, 0x2000, 16, 0, 0);
        driver.rawDescriptor(0, table, 16, SplitDriverQueue.INDIRECT | SplitDriverQueue.NEXT, 1);
        driver.rawAvail(0);
        assertPopsFaulted();
    }

    @Test
    void pop_indirectTableOfOddLength_isFaulted() {
        for (long length : new long[] {0, 8, 17, 0xffff_ffffL, 0xffff_fff0L}) {
            driver.rawDescriptor(0, 0x2000, length, SplitDriverQueue.INDIRECT, 0);
            driver.rawAvail(0);
            assertPopsFaulted();
        }
    }

    @Test
    void pop_readableAfterWritable_isFaulted() {
        driver.add(GuestBuffer.writable(0x3000, 32), GuestBuffer.readable(0x2000, 16));
        assertPopsFaulted();
    }

    @Test
    void pop_bufferOutsideMemory_isFaulted() {
        long end = FakeDeviceContext.MEMORY_SIZE;
        for (long address : new long[] {end, end - 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 52}) {
            driver.add(GuestBuffer.writable(address, 2));
            assertPopsFaulted();
        }
    }

    @Test
    void pop_fourGibibytes_isFaulted() {
        driver.add(GuestBuffer.writable(0, 0xffff_ffffL));
        assertPopsFaulted();
    }

    @Test
    void pop_noBytes_isAnEmptyChain() {
        driver.add(GuestBuffer.writable(-1, 0));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isFalse();
        assertThat(chain.next()).isFalse();
    }

    private void assertPopsFaulted() {
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isTrue();
        assertThat(chain.next()).isFalse();
        assertThat(chain.readableBytes() + chain.writableBytes()).isZero();
    }

    @Test
    void pop_availIndexJumps_breaksQueue() {
        driver.rawAvailIdx(SIZE + 1);
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.isBroken()).isTrue();
        assertThat(queue.enableNotification()).isFalse();
    }

    @Test
    void pop_availableAgainAndAgain_breaksQueue() {
        for (int i = 0; i < SIZE; i++) {
            driver.rawAvail(0);
            assertThat(queue.pop(chain)).isTrue();
        }
        driver.rawAvail(0);
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.isBroken()).isTrue();
    }

    @Test
    void pop_headBeyondTable_breaksQueue() {
        driver.rawAvail(SIZE);
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.isBroken()).isTrue();
    }

    @Test
    void needsNotification_flags_followTheDriver() {
        driver.disableInterrupts();
        assertThat(use(queue, driver)).isFalse();
        driver.enableInterrupts();
        assertThat(use(queue, driver)).isTrue();
        assertThat(queue.needsNotification()).isFalse();
    }

    @Test
    void needsNotification_eventIndex_onlyWhenPassed() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.INDEX);
        VirtQueue indexed = open(other, new QueueLayout(QueueLayout.Format.SPLIT, true, false));
        other.rawUsedEvent(2);
        assertThat(use(indexed, other)).isFalse();
        assertThat(use(indexed, other)).isFalse();
        assertThat(use(indexed, other)).isTrue();
        assertThat(use(indexed, other)).isFalse();
    }

    @Test
    void needsNotification_eventIndexPassedInOneBatch_isTrue() {
        SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, EventMode.INDEX);
        VirtQueue indexed = open(other, new QueueLayout(QueueLayout.Format.SPLIT, true, false));
        other.rawUsedEvent(1);
        for (int i = 0; i < 4; i++) {
            other.add(GuestBuffer.writable(0x3000, 1));
            assertThat(indexed.pop(chain)).isTrue();
            indexed.addUsed(chain.head(), 0);
        }
        assertThat(indexed.needsNotification()).isTrue();
    }

    @Test
    void needsNotification_asManyAsTheIndexCounts_isTrue() {
        for (EventMode mode : EventMode.values()) {
            SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, mode);
            VirtQueue device = open(other, new QueueLayout(QueueLayout.Format.SPLIT, mode == EventMode.INDEX, false));
            for (int i = 0; i < 1 << 16; i++) {
                other.add(GuestBuffer.writable(0x3000, 1));
                assertThat(device.pop(chain)).isTrue();
                device.addUsed(chain.head(), 0);
                assertThat(other.poll()).isPresent();
            }
            assertThat(device.needsNotification()).as("%s", mode).isTrue();
        }
    }

    private boolean use(VirtQueue device, SplitDriverQueue other) {
        other.add(GuestBuffer.writable(0x3000, 1));
        assertThat(device.pop(chain)).isTrue();
        device.addUsed(chain.head(), 0);
        return device.needsNotification();
    }

    @Test
    void notification_eitherMode_driverSeesWhatTheDeviceWants() {
        for (EventMode mode : EventMode.values()) {
            SplitDriverQueue other = new SplitDriverQueue(heap, SIZE, mode);
            VirtQueue device = open(other, new QueueLayout(QueueLayout.Format.SPLIT, mode == EventMode.INDEX, false));
            other.add(GuestBuffer.writable(0x3000, 1));
            assertThat(other.wantsNotification()).as("%s at first", mode).isTrue();
            device.disableNotification();
            assertThat(device.pop(chain)).isTrue();
            other.add(GuestBuffer.writable(0x3000, 1));
            assertThat(other.wantsNotification()).as("%s disabled", mode).isFalse();
            assertThat(device.enableNotification()).as("%s more to do", mode).isTrue();
            assertThat(device.pop(chain)).isTrue();
            assertThat(device.enableNotification()).as("%s nothing to do", mode).isFalse();
            other.add(GuestBuffer.writable(0x3000, 1));
            assertThat(other.wantsNotification()).as("%s enabled", mode).isTrue();
        }
    }

    @Test
    void open_flawedQueue_isRefused() {
        QueueState good = state(driver);
        long end = FakeDeviceContext.MEMORY_SIZE;
        for (QueueState bad : List.of(
                good.withSize(0),
                good.withSize(6),
                good.withSize(1 << 16),
                good.withDescriptorArea(8),
                good.withDescriptorArea(end),
                good.withDescriptorArea(-16),
                good.withDriverArea(1),
                good.withDriverArea(end - 2),
                good.withDeviceArea(2),
                good.withDeviceArea(end - 4))) {
            assertThatThrownBy(() -> new QueueLayout(QueueLayout.Format.SPLIT, false, false).open(bad, memory))
                    .isInstanceOf(InvalidStateException.class);
        }
    }

    @Test
    void save_reopened_goesOnWhereItWas() {
        driver.add(GuestBuffer.writable(0x3000, 1));
        int second = driver.add(GuestBuffer.writable(0x3000, 2));
        assertThat(queue.pop(chain)).isTrue();
        queue.addUsed(chain.head(), 1);
        VirtQueue again = new QueueLayout(QueueLayout.Format.SPLIT, false, true).open(queue.save(), memory);
        assertThat(again.pop(chain)).isTrue();
        assertThat(chain.head()).isEqualTo(second);
        again.addUsed(chain.head(), 2);
        assertThat(driver.poll()).isPresent();
        assertThat(driver.poll()).contains(new UsedBuffer(second, 2));
    }

    @Test
    void chain_readAndWrite_crossBuffers() {
        memory.write(0x2000, new byte[] {1, 2, 3, 4, 5});
        driver.add(
                GuestBuffer.readable(0x2000, 2),
                GuestBuffer.readable(0x2002, 3),
                GuestBuffer.writable(0x3000, 1),
                GuestBuffer.writable(0x3100, 4));
        assertThat(queue.pop(chain)).isTrue();
        byte[] read = new byte[3];
        assertThat(chain.read(1, read, 0, 3)).isTrue();
        assertThat(read).containsExactly(2, 3, 4);
        assertThat(chain.read(3, read, 0, 3)).isFalse();
        assertThat(chain.write(0, new byte[] {9, 8, 7}, 0, 3)).isTrue();
        assertThat(memory.getByte(0x3000)).isEqualTo((byte) 9);
        assertThat(memory.getByte(0x3101)).isEqualTo((byte) 7);
        assertThat(chain.write(3, new byte[3], 0, 3)).isFalse();
    }

    @Test
    void chain_gather_takesTheRangeAndNoMore() {
        driver.add(
                GuestBuffer.readable(0x2000, 100), GuestBuffer.writable(0x3000, 10), GuestBuffer.writable(0x4000, 20));
        assertThat(queue.pop(chain)).isTrue();
        IoVector vector = new IoVector(4);
        assertThat(chain.gatherWritable(vector, 5, 10)).isEqualTo(10);
        assertThat(vector.count()).isEqualTo(2);
        vector.clear();
        assertThat(chain.gatherReadable(vector, 90, 1000)).isEqualTo(10);
        IoVector small = new IoVector(1);
        assertThat(chain.gatherWritable(small, 0, 30)).isEqualTo(10);
    }
}
