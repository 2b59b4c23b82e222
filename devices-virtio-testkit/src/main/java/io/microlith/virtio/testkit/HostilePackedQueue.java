// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/**
 * A packed queue in which a hostile driver writes what it likes.
 *
 * @param heap the driver's memory
 * @param queue the queue
 */
record HostilePackedQueue(GuestHeap heap, PackedDriverQueue queue) implements HostileQueue {
    @Override
    public HostileQueue in(GuestHeap elsewhere) {
        return new HostilePackedQueue(elsewhere, queue.in(elsewhere));
    }

    @Override
    public void descriptor(HostileStep step) {
        queue.rawDescriptor(
                Math.floorMod(step.c(), queue.size()), step.a(), step.b(), step.c() >>> 8 & 31, (int) (step.b() >>> 8));
    }

    @Override
    public void indirect(HostileStep step) {
        long table = HostileQueue.table(heap);
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            long at = table + 16L * i;
            heap.memory().putLong(at, step.a() + i * step.b());
            heap.memory().putInt(at + 8, (int) step.b());
            heap.memory().putInt(at + 12, step.c() << i);
        }
        queue.rawAvailable(table, step.b() & 0x1ff, step.c() & 31, PackedDriverQueue.INDIRECT | step.c() >>> 4 & 3);
    }

    @Override
    public void available(HostileStep step) {
        queue.rawAvailable(step.a(), step.b(), step.c() >>> 4, step.c() & 7);
    }

    @Override
    public void jump(HostileStep step) {
        for (int i = 0; i < 2 * queue.size(); i++) {
            queue.rawAvailable(step.a(), step.b(), 0, step.c() >>> (i & 15) & 7);
        }
    }
}
