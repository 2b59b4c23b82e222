// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.queue.QueueCounts;
import io.microlith.virtio.queue.QueueState;
import io.microlith.vmm.event.Notifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The set-up of a device's queues, one selected at a time. What does not make sense has no effect. Any thread; takes
 * the device's lock.
 */
public final class QueueRegisters {
    private static final long LOW = 0xffff_ffffL;

    private final Object lock;
    private final Life life;
    private final List<QueueSlot> slots = new ArrayList<>();
    private int selected;

    /** What becomes of a queue. Called with the lock held. */
    interface Life {
        /** Whether a queue may be enabled now. */
        boolean mayEnable();

        /** The driver enabled a queue. */
        void enabled(QueueSlot slot);

        /** The driver reset a queue that ran. */
        void reset(int queue);
    }

    QueueRegisters(Object lock, Life life, List<Integer> sizes) {
        this.lock = lock;
        this.life = life;
        sizes.forEach(size -> slots.add(new QueueSlot(size)));
    }

    /** The number of queues. */
    public int count() {
        return slots.size();
    }

    /** What the driver rings to notify of a queue; to be bound to the guest's write. */
    public Notifier notifier(int queue) {
        return slots.get(queue).notifier();
    }

    /** The driver notifies of a queue by a write that left the guest. */
    public void ring(long queue) {
        if (queue >= 0 && queue < slots.size()) {
            notifier((int) queue).signal();
        }
    }

    /** The selected queue. */
    public int selected() {
        synchronized (lock) {
            return selected;
        }
    }

    /** Selects a queue; one that is not there has a size of 0 and takes no values. */
    public void select(int queue) {
        synchronized (lock) {
            selected = queue;
        }
    }

    /** The most elements that the selected queue can have; 0 if there is no such queue. */
    public int maxSize() {
        synchronized (lock) {
            QueueSlot slot = slot();
            return slot == null ? 0 : slot.maxSize();
        }
    }

    /** The selected queue as the driver set it up. */
    public QueueState current() {
        synchronized (lock) {
            QueueSlot slot = slot();
            return slot == null ? QueueState.initial(0) : slot.registers();
        }
    }

    /** Sets the number of elements. */
    public void setSize(int size) {
        change(slot -> {
            if (size >= 1 && size <= slot.maxSize()) {
                slot.setUp(slot.registers().withSize(size));
            }
        });
    }

    /** Sets the low half of the descriptor area's address. */
    public void setDescriptorAreaLow(int half) {
        change(slot -> slot.setUp(
                slot.registers().withDescriptorArea(low(slot.registers().descriptorArea(), half))));
    }

    /** Sets the high half of the descriptor area's address. */
    public void setDescriptorAreaHigh(int half) {
        change(slot -> slot.setUp(
                slot.registers().withDescriptorArea(high(slot.registers().descriptorArea(), half))));
    }

    /** Sets the low half of the driver area's address. */
    public void setDriverAreaLow(int half) {
        change(slot ->
                slot.setUp(slot.registers().withDriverArea(low(slot.registers().driverArea(), half))));
    }

    /** Sets the high half of the driver area's address. */
    public void setDriverAreaHigh(int half) {
        change(slot ->
                slot.setUp(slot.registers().withDriverArea(high(slot.registers().driverArea(), half))));
    }

    /** Sets the low half of the device area's address. */
    public void setDeviceAreaLow(int half) {
        change(slot ->
                slot.setUp(slot.registers().withDeviceArea(low(slot.registers().deviceArea(), half))));
    }

    /** Sets the high half of the device area's address. */
    public void setDeviceAreaHigh(int half) {
        change(slot ->
                slot.setUp(slot.registers().withDeviceArea(high(slot.registers().deviceArea(), half))));
    }

    private static long low(long address, int half) {
        return address & ~LOW | Integer.toUnsignedLong(half);
    }

    private static long high(long address, int half) {
        return address & LOW | (long) half << Integer.SIZE;
    }

    /** Enables the queue, which the device then serves once it is live. */
    public void enable() {
        change(slot -> {
            if (life.mayEnable() && !slot.registers().enabled()) {
                slot.enable();
                life.enabled(slot);
            }
        });
    }

    /** Stops the queue and puts its registers into power-on state (VIRTIO 1.2, 2.6.1). */
    public void reset() {
        change(slot -> {
            boolean ran = slot.isRunning();
            slot.reset();
            if (ran) {
                life.reset(selected);
            }
        });
    }

    private void change(Consumer<QueueSlot> change) {
        synchronized (lock) {
            QueueSlot slot = slot();
            if (slot != null) {
                change.accept(slot);
            }
        }
    }

    private @Nullable QueueSlot slot() {
        return selected >= 0 && selected < slots.size() ? slots.get(selected) : null;
    }

    // With the lock held.

    QueueSlot slot(int queue) {
        return slots.get(queue);
    }

    List<QueueCounts> counts() {
        return slots.stream().map(QueueSlot::counts).toList();
    }

    List<QueueState> save() {
        return slots.stream().map(QueueSlot::save).toList();
    }

    void restore(VirtioState state) {
        selected = state.queueSelect();
        for (int i = 0; i < slots.size(); i++) {
            slots.get(i).restore(state.queues().get(i));
        }
    }

    void resetAll() {
        selected = 0;
        slots.forEach(QueueSlot::reset);
    }

    void close() {
        slots.forEach(slot -> slot.notifier().close());
    }
}
