// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * A way to make something available that breaks a rule.
 *
 * @param what is wrong, for a failing test
 * @param attack does it, with the driver's memory
 * @param <Q> the kind of queue
 */
record WrongRing<Q extends DriverQueue>(String what, BiConsumer<Q, GuestHeap> attack) {
    private static final long BUFFER = 0x2000;

    /** What a disk reads with 16 zeros before it: a sector, and the status. */
    private static final long SECTOR = 513;

    /** The addresses and lengths of indirect tables that cannot be, or that are rather long. */
    private static final List<List<Long>> TABLES = List.of(
            List.of(0x3000L, 0L),
            List.of(0x3000L, 8L),
            List.of(0x3000L, 17L),
            List.of(0x3000L, 0xffff_fff0L),
            List.of(-16L, 32L),
            List.of(Long.MAX_VALUE - 15, 16L),
            List.of(1L << 40, 16L));

    /** Does it. */
    void attack(Q queue, GuestHeap heap) {
        attack.accept(queue, heap);
    }

    private static <Q extends DriverQueue> WrongRing<Q> of(String what, BiConsumer<Q, GuestHeap> attack) {
        return new WrongRing<>(what, attack);
    }

    /** Those of split queues. */
    static List<WrongRing<SplitDriverQueue>> split() {
        int next = SplitDriverQueue.NEXT;
        int indirect = SplitDriverQueue.INDIRECT;
        return List.of(
                of("a descriptor that goes on with itself", (queue, _) -> {
                    queue.rawDescriptor(0, BUFFER, 16, next, 0);
                    queue.rawAvail(0);
                }),
                of("two that go on with each other", (queue, _) -> {
                    queue.rawDescriptor(0, BUFFER, 16, next, 1);
                    queue.rawDescriptor(1, BUFFER, 16, next | SplitDriverQueue.WRITE, 0);
                    queue.rawAvail(0);
                }),
                of("a chain that goes on behind the table", (queue, _) -> {
                    queue.rawDescriptor(0, BUFFER, 16, next, queue.size());
                    queue.rawAvail(0);
                }),
                of("a head behind the table", (queue, _) -> queue.rawAvail(0xffff)),
                of("a table in a table", (queue, heap) -> {
                    long table = heap.take(32, 16);
                    queue.rawDescriptor(table, 0, BUFFER, 16, indirect, 0);
                    queue.rawDescriptor(0, table, 16, indirect, 0);
                    queue.rawAvail(0);
                }),
                of("a table that goes on", (queue, heap) -> {
                    long table = heap.take(32, 16);
                    queue.rawDescriptor(table, 0, BUFFER, 16, 0, 0);
                    queue.rawDescriptor(0, table, 16, indirect | next, 1);
                    queue.rawDescriptor(1, BUFFER, 16, SplitDriverQueue.WRITE, 0);
                    queue.rawAvail(0);
                }),
                of("a loop in a table", (queue, heap) -> {
                    long table = heap.take(32, 16);
                    queue.rawDescriptor(table, 0, BUFFER, 16, next, 1);
                    queue.rawDescriptor(table, 1, BUFFER, 16, next, 0);
                    queue.rawDescriptor(0, table, 32, indirect, 0);
                    queue.rawAvail(0);
                }),
                of("the queue's own table for a table", (queue, _) -> {
                    queue.rawDescriptor(0, queue.descriptorArea(), 16L * queue.size(), indirect, 0);
                    queue.rawAvail(0);
                }),
                of(
                        "tables that cannot be",
                        (queue, _) -> TABLES.forEach(table -> {
                            queue.rawDescriptor(0, table.getFirst(), table.getLast(), indirect, 0);
                            queue.rawAvail(0);
                        })),
                of("a buffer on the ring itself", (queue, _) -> {
                    queue.rawDescriptor(0, BUFFER, 16, next, 1);
                    queue.rawDescriptor(1, queue.descriptorArea(), SECTOR, SplitDriverQueue.WRITE, 0);
                    queue.rawAvail(0);
                }),
                of("what is read and what is written in one place", (queue, _) -> {
                    queue.rawDescriptor(0, BUFFER, 16, next, 1);
                    queue.rawDescriptor(1, BUFFER, SECTOR, SplitDriverQueue.WRITE, 0);
                    queue.rawAvail(0);
                }),
                of("more chains than descriptors", (queue, _) -> queue.rawAvailIdx(queue.size() + 1)),
                of("an index that goes back", (queue, _) -> queue.rawAvailIdx(-1)),
                of("an index that jumps half around", (queue, _) -> queue.rawAvailIdx(0x8000)));
    }

    /** Those of packed queues. */
    static List<WrongRing<PackedDriverQueue>> packed() {
        int next = PackedDriverQueue.NEXT;
        int indirect = PackedDriverQueue.INDIRECT;
        return List.of(
                of("a chain without an end", (queue, _) -> {
                    for (int i = 0; i < queue.size(); i++) {
                        queue.rawAvailable(BUFFER, 16, 0, next);
                    }
                }),
                of("the same chain again and again", (queue, _) -> {
                    for (int i = 0; i < 3 * queue.size(); i++) {
                        queue.rawAvailable(BUFFER, 16, 7, 0);
                    }
                }),
                of("a table in a table", (queue, heap) -> {
                    long table = heap.take(32, 16);
                    heap.memory().putLong(table, BUFFER);
                    heap.memory().putInt(table + 8, 16);
                    heap.memory().putShort(table + 14, (short) indirect);
                    queue.rawAvailable(table, 16, 1, indirect);
                }),
                of("a table that goes on", (queue, heap) -> {
                    queue.rawAvailable(heap.take(32, 16), 32, 1, indirect | next);
                    queue.rawAvailable(BUFFER, 16, 1, PackedDriverQueue.WRITE);
                }),
                of(
                        "the ring for a table",
                        (queue, _) -> queue.rawAvailable(queue.descriptorArea(), 16L * queue.size(), 1, indirect)),
                of("a buffer on the ring itself", (queue, _) -> {
                    queue.rawAvailable(BUFFER, 16, 1, next);
                    queue.rawAvailable(queue.descriptorArea(), SECTOR, 1, PackedDriverQueue.WRITE);
                }),
                of("what is read and what is written in one place", (queue, _) -> {
                    queue.rawAvailable(BUFFER, 16, 1, next);
                    queue.rawAvailable(BUFFER, SECTOR, 1, PackedDriverQueue.WRITE);
                }),
                of(
                        "tables that cannot be",
                        (queue, _) -> TABLES.forEach(
                                table -> queue.rawAvailable(table.getFirst(), table.getLast(), 1, indirect))));
    }
}
