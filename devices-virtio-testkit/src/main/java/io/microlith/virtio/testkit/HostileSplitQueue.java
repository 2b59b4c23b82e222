// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

/**
 * A split queue in which a hostile driver writes what it likes.
 *
 * @param heap the driver's memory
 * @param queue the queue
 */
record HostileSplitQueue(GuestHeap heap, SplitDriverQueue queue) implements HostileQueue {
    @Override
    public HostileQueue in(GuestHeap elsewhere) {
        return new HostileSplitQueue(elsewhere, queue.in(elsewhere));
    }

    private int slot(HostileStep step) {
        return Math.floorMod(step.c(), queue.size());
    }

    @Override
    public void descriptor(HostileStep step) {
        queue.rawDescriptor(slot(step), step.a(), step.b(), step.c() >>> 4 & 7, step.c() >>> 8 & 31);
    }

    @Override
    public void indirect(HostileStep step) {
        long table = HostileQueue.table(heap);
        for (int i = 0; i < MOST_ELEMENTS; i++) {
            queue.rawDescriptor(table, i, step.a() + i * step.b(), step.b(), step.c() >>> (i & 15) & 7, i + 1);
        }
        queue.rawDescriptor(slot(step), table, step.b() & 0x1ff, SplitDriverQueue.INDIRECT | step.c() >>> 4 & 3, 0);
    }

    @Override
    public void available(HostileStep step) {
        queue.rawAvail(step.c() & 31);
    }

    @Override
    public void jump(HostileStep step) {
        queue.rawAvailIdx(step.c());
    }
}
