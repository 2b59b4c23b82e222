// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.QueueCounts;
import io.microlith.virtio.queue.QueueLayout;
import io.microlith.virtio.queue.QueueState;
import io.microlith.virtio.queue.VirtQueue;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.memory.GuestMemory;

/**
 * A place for a queue: the registers with which a driver sets it up, and the queue while it runs. With the core's lock
 * held.
 */
final class QueueSlot {
    private final int maxSize;
    private final Notifier notifier = Notifier.create();
    private final QueueCounts counts = new QueueCounts();
    private QueueState registers;
    private VirtQueue running = NoQueue.INSTANCE;

    QueueSlot(int maxSize) {
        this.maxSize = maxSize;
        registers = QueueState.initial(maxSize);
    }

    int maxSize() {
        return maxSize;
    }

    /** What the driver rings, on any thread. */
    Notifier notifier() {
        return notifier;
    }

    QueueState registers() {
        return registers;
    }

    /** The driver sets the queue up, which it may while it is not enabled. */
    void setUp(QueueState changed) {
        if (!registers.enabled()) {
            registers = changed;
        }
    }

    void enable() {
        registers = registers.enable();
    }

    /** Starts the queue where it is enabled. Returns whether it could be. */
    boolean start(QueueLayout layout, GuestMemory memory) {
        if (!registers.enabled()) {
            return true;
        }
        if (!layout.flaw(registers, memory).isEmpty()) {
            return false;
        }
        running = layout.open(registers, memory, counts);
        return true;
    }

    /** What went through the queue, whoever set it up. Any thread. */
    QueueCounts counts() {
        return counts;
    }

    VirtQueue running() {
        return running;
    }

    boolean isRunning() {
        return !running.equals(NoQueue.INSTANCE);
    }

    /** Back to power-on. */
    void reset() {
        running = NoQueue.INSTANCE;
        registers = QueueState.initial(maxSize);
    }

    void restore(QueueState saved) {
        registers = saved;
    }

    QueueState save() {
        return isRunning() ? running.save() : registers;
    }
}
