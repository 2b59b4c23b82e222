// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.EventMode;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.PackedDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PackedQueueTest {
    private static final int SIZE = 7;
    private static final QueueLayout FLAGS = new QueueLayout(QueueLayout.Format.PACKED, false, true);
    private static final QueueLayout INDEX = new QueueLayout(QueueLayout.Format.PACKED, true, true);

    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final GuestMemory memory = machine.memory();
    private final GuestHeap heap = new GuestHeap(memory);
    private final PackedDriverQueue driver = new PackedDriverQueue(heap, SIZE, EventMode.FLAGS);
    private final QueueState state = state(driver);

    @RegisterExtension
    final QueueSeed queue = new QueueSeed(
            PackedQueueFuzzTest.class, state, FLAGS, memory, script -> script.number(SIZE, 1, QueueScript.SIZE));

    private final DescriptorChain chain = new DescriptorChain(SIZE);

    private static QueueState state(PackedDriverQueue other) {
        return new QueueState(other.size(), true, other.descriptorArea(), other.driverArea(), other.deviceArea(), 0, 0);
    }

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void pop_manyTimesAround_staysInStep() {
        assertThat(queue.pop(chain)).isFalse();
        for (int i = 0; i < 1000; i++) {
            int id = driver.add(
                    GuestBuffer.readable(0x2000, 1), GuestBuffer.writable(0x3000, 2), GuestBuffer.writable(0x4000, 3));
            assertThat(queue.pop(chain)).isTrue();
            assertThat(chain.faulted()).isFalse();
            assertThat(chain.readableBytes()).isEqualTo(1);
            assertThat(chain.writableBytes()).isEqualTo(5);
            assertThat(queue.pop(new DescriptorChain(SIZE))).isFalse();
            queue.addUsed(chain.head(), i);
            assertThat(driver.poll()).contains(new UsedBuffer(id, i));
        }
    }

    @Test
    void addUsed_outOfOrder_reachesDriver() {
        int first = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
        int second = driver.add(GuestBuffer.writable(0x3000, 1));
        assertThat(queue.pop(chain)).isTrue();
        int head = chain.head();
        assertThat(queue.pop(chain)).isTrue();
        queue.addUsed(chain.head(), 2);
        queue.addUsed(head, 1);
        assertThat(driver.poll()).contains(new UsedBuffer(second, 2));
        assertThat(driver.poll()).contains(new UsedBuffer(first, 1));
        assertThat(driver.poll()).isEmpty();
    }

    @Test
    void prepareUsed_severalChains_reachDriverTogether() {
        for (int round = 0; round < 10; round++) {
            int first = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
            int second = driver.add(GuestBuffer.writable(0x3000, 1));
            for (int i = 0; i < 2; i++) {
                assertThat(queue.pop(chain)).isTrue();
                queue.prepareUsed(chain.head(), i);
                assertThat(driver.poll()).isEmpty();
            }
            queue.publishUsed();
            assertThat(driver.poll()).contains(new UsedBuffer(first, 0));
            assertThat(driver.poll()).contains(new UsedBuffer(second, 1));
            queue.publishUsed();
            assertThat(driver.poll()).isEmpty();
        }
    }

    @Test
    void pop_afterUndo_isTheSameAgain() {
        for (int i = 0; i < 30; i++) {
            int id = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
            assertThat(queue.pop(chain)).isTrue();
            queue.undoPop();
            assertThat(queue.pop(chain)).isTrue();
            queue.addUsed(chain.head(), 1);
            assertThat(driver.poll()).contains(new UsedBuffer(id, 1));
        }
    }

    @Test
    void undoPop_othersGivenBackMeanwhile_isTheSameAgain() {
        for (int i = 0; i < 30; i++) {
            int first = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
            int second = driver.add(GuestBuffer.writable(0x3000, 3));
            assertThat(queue.pop(chain)).isTrue();
            int head = chain.head();
            assertThat(queue.pop(chain)).isTrue();
            queue.addUsed(head, 1);
            queue.undoPop();
            assertThat(queue.pop(chain)).isTrue();
            assertThat(chain.writableBytes()).isEqualTo(3);
            queue.addUsed(chain.head(), 2);
            assertThat(driver.poll()).contains(new UsedBuffer(first, 1));
            assertThat(driver.poll()).contains(new UsedBuffer(second, 2));
        }
    }

    @Test
    void undoPop_several_areTheSameAgain() {
        int first = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
        int second = driver.add(GuestBuffer.writable(0x3000, 3));
        for (int i = 0; i < 3; i++) {
            assertThat(queue.pop(chain)).isTrue();
            assertThat(queue.pop(chain)).isTrue();
            queue.undoPop();
            queue.undoPop();
        }
        for (int id : new int[] {first, second}) {
            assertThat(queue.pop(chain)).isTrue();
            queue.addUsed(chain.head(), 0);
            assertThat(driver.poll()).contains(new UsedBuffer(id, 0));
        }
    }

    @Test
    void pop_indirect_hasBuffersOfTheTable() {
        driver.addIndirect(List.of(GuestBuffer.readable(0x2000, 1), GuestBuffer.writable(0x2200, 3)));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isFalse();
        assertThat(chain.readableBytes()).isEqualTo(1);
        assertThat(chain.writableBytes()).isEqualTo(3);
    }

    @Test
    void pop_badBufferInALongerChain_isFaultedAndTheNextIsFine() {
        driver.add(GuestBuffer.writable(-1, 2), GuestBuffer.writable(0x2000, 1));
        int next = driver.add(GuestBuffer.writable(0x2000, 1));
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isTrue();
        queue.addUsed(chain.head(), 0);
        assertThat(queue.pop(chain)).isTrue();
        assertThat(chain.faulted()).isFalse();
        queue.addUsed(chain.head(), 1);
        assertThat(driver.poll()).isPresent();
        assertThat(driver.poll()).contains(new UsedBuffer(next, 1));
    }

    @Test
    void pop_chainWithoutEnd_breaksQueue() {
        for (int i = 0; i < SIZE; i++) {
            driver.rawDescriptor(i, 0x2000, 1, 0, PackedDriverQueue.NEXT | PackedDriverQueue.AVAIL);
        }
        assertThat(queue.pop(chain)).isFalse();
        assertThat(queue.isBroken()).isTrue();
    }

    @Test
    void pop_availableAgainAndAgain_breaksQueue() {
        int popped = 0;
        for (int lap = 0; lap < 4; lap++) {
            for (int i = 0; i < SIZE; i++) {
                int flags = lap % 2 == 0 ? PackedDriverQueue.AVAIL : PackedDriverQueue.USED;
                driver.rawDescriptor(i, 0x2000, 1, 0xffff, flags);
            }
            while (queue.pop(chain)) {
                popped++;
            }
        }
        assertThat(popped).isEqualTo(SIZE);
        assertThat(queue.isBroken()).isTrue();
    }

    @Test
    void notification_eitherMode_bothSidesSeeWhatIsWanted() {
        for (EventMode mode : EventMode.values()) {
            PackedDriverQueue other = new PackedDriverQueue(heap, SIZE, mode);
            VirtQueue device = (mode == EventMode.INDEX ? INDEX : FLAGS).open(state(other), memory);
            for (int i = 0; i < 20; i++) {
                assertThat(device.enableNotification()).isFalse();
                other.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
                assertThat(other.wantsNotification()).as("%s %d", mode, i).isTrue();
                device.disableNotification();
                other.add(GuestBuffer.writable(0x3000, 1));
                assertThat(other.wantsNotification())
                        .as("%s %d disabled", mode, i)
                        .isFalse();
                assertThat(device.enableNotification()).isTrue();
                other.enableInterrupts();
                assertThat(device.pop(chain)).isTrue();
                device.addUsed(chain.head(), 0);
                assertThat(device.needsNotification()).as("%s %d", mode, i).isTrue();
                assertThat(device.needsNotification()).isFalse();
                other.disableInterrupts();
                assertThat(device.pop(chain)).isTrue();
                device.addUsed(chain.head(), 0);
                assertThat(device.needsNotification())
                        .as("%s %d disabled", mode, i)
                        .isFalse();
                assertThat(other.poll()).isPresent();
                assertThat(other.poll()).isPresent();
            }
        }
    }

    @Test
    void save_reopened_goesOnWhereItWas() {
        QueueState last = state;
        for (int i = 0; i < 20; i++) {
            int id = driver.add(GuestBuffer.writable(0x3000, 1), GuestBuffer.writable(0x3000, 1));
            VirtQueue again = FLAGS.open(last, memory);
            assertThat(again.pop(chain)).isTrue();
            again.addUsed(chain.head(), i);
            last = again.save();
            assertThat(driver.poll()).contains(new UsedBuffer(id, i));
        }
    }

    @Test
    void flaw_badPlaces_areFound() {
        assertThat(FLAGS.flaw(state, memory)).isEmpty();
        for (QueueState bad : List.of(
                state.withSize(0),
                state.withSize(1 << 16),
                state.withDescriptorArea(8),
                state.withDescriptorArea(FakeDeviceContext.MEMORY_SIZE),
                state.withDriverArea(2),
                state.withDeviceArea(-4),
                state.at(SIZE, 0),
                state.at(0, SIZE))) {
            assertThat(FLAGS.flaw(bad, memory)).as("%s", bad).isNotEmpty();
        }
    }
}
