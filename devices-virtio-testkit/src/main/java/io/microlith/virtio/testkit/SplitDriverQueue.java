// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import io.microlith.vmm.memory.GuestMemory;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The driver's side of a split virtqueue (VIRTIO 1.2, 2.7). The methods named {@code raw} write what no driver would:
 * they are for hostile ones.
 */
public final class SplitDriverQueue implements DriverQueue {
    /** VIRTQ_DESC_F_NEXT. */
    public static final int NEXT = 1;
    /** VIRTQ_DESC_F_WRITE. */
    public static final int WRITE = 2;
    /** VIRTQ_DESC_F_INDIRECT. */
    public static final int INDIRECT = 4;

    private static final int DESCRIPTOR_SIZE = 16;

    private final GuestHeap heap;
    private final GuestMemory memory;
    private final EventMode mode;
    private final InOrderBatch inOrder;
    private final int size;
    private final long desc;
    private final long avail;
    private final long used;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final Map<Integer, List<Integer>> inFlight = new HashMap<>();
    private int availIdx;
    private int lastNotified;
    private int usedIdx;

    /**
     * Makes a queue in memory of its own.
     *
     * @param size a power of two
     */
    public SplitDriverQueue(GuestHeap heap, int size, EventMode mode) {
        this(heap, size, mode, UseOrder.ANY);
    }

    /** Makes a queue in memory of its own, that knows in which order its chains come back. */
    public SplitDriverQueue(GuestHeap heap, int size, EventMode mode, UseOrder order) {
        this.heap = heap;
        this.memory = heap.memory();
        this.size = size;
        this.mode = mode;
        inOrder = new InOrderBatch(order);
        desc = heap.take((long) size * DESCRIPTOR_SIZE, 16);
        avail = heap.take(6 + 2L * size, 2);
        used = heap.take(6 + 8L * size, 4);
        for (int i = 0; i < size; i++) {
            free.add(i);
        }
    }

    private SplitDriverQueue(SplitDriverQueue other, GuestHeap heap) {
        this.heap = heap;
        memory = heap.memory();
        mode = other.mode;
        inOrder = other.inOrder.copy();
        size = other.size;
        desc = other.desc;
        avail = other.avail;
        used = other.used;
        free.addAll(other.free);
        inFlight.putAll(other.inFlight);
        availIdx = other.availIdx;
        lastNotified = other.lastNotified;
        usedIdx = other.usedIdx;
    }

    @Override
    public SplitDriverQueue in(GuestHeap elsewhere) {
        return new SplitDriverQueue(this, elsewhere);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long descriptorArea() {
        return desc;
    }

    @Override
    public long driverArea() {
        return avail;
    }

    @Override
    public long deviceArea() {
        return used;
    }

    @Override
    public int add(List<GuestBuffer> buffers) {
        if (buffers.isEmpty() || buffers.size() > free.size()) {
            throw new IllegalStateException(
                    buffers.size() + " buffers do not fit, " + free.size() + " descriptors are free");
        }
        List<Integer> taken = buffers.stream().map(_ -> free.remove()).toList();
        writeTable(desc, buffers, taken);
        return publish(taken, buffers);
    }

    @Override
    public int addIndirect(List<GuestBuffer> buffers) {
        long table = heap.take((long) buffers.size() * DESCRIPTOR_SIZE, 16);
        List<Integer> inTable = IntStream.range(0, buffers.size()).boxed().toList();
        writeTable(table, buffers, inTable);
        int slot = free.remove();
        rawDescriptor(slot, table, (long) buffers.size() * DESCRIPTOR_SIZE, INDIRECT, 0);
        return publish(List.of(slot), buffers);
    }

    private void writeTable(long table, List<GuestBuffer> buffers, List<Integer> slots) {
        for (int i = 0; i < buffers.size(); i++) {
            GuestBuffer buffer = buffers.get(i);
            boolean last = i == buffers.size() - 1;
            rawDescriptor(
                    table,
                    slots.get(i),
                    buffer.address(),
                    buffer.length(),
                    buffer.flags() | (last ? 0 : NEXT),
                    last ? 0 : slots.get(i + 1));
        }
    }

    private int publish(List<Integer> slots, List<GuestBuffer> buffers) {
        int head = slots.getFirst();
        inOrder.added(head, buffers);
        inFlight.put(head, slots);
        rawAvail(head);
        return head;
    }

    /** Writes a descriptor of the queue's table. */
    public void rawDescriptor(int slot, long address, long length, int flags, int next) {
        rawDescriptor(desc, slot, address, length, flags, next);
    }

    /** Writes a descriptor of any table. */
    public void rawDescriptor(long table, int slot, long address, long length, int flags, int next) {
        long at = table + (long) slot * DESCRIPTOR_SIZE;
        memory.putLong(at, address);
        memory.putInt(at + 8, (int) length);
        memory.putShort(at + 12, (short) flags);
        memory.putShort(at + 14, (short) next);
    }

    /** Makes a chain available that begins at any descriptor. */
    public void rawAvail(int head) {
        memory.putShort(avail + 4 + 2L * (availIdx & (size - 1)), (short) head);
        rawAvailIdx(availIdx + 1);
    }

    /** Says that the avail ring goes to an index. */
    public void rawAvailIdx(int index) {
        availIdx = index & 0xffff;
        memory.storeShortRelease(avail + 2, (short) availIdx);
    }

    /** The index the avail ring goes to. */
    public int availIdx() {
        return availIdx;
    }

    @Override
    public Optional<UsedBuffer> poll() {
        if (inOrder.isEmpty() && !takeElement()) {
            return Optional.empty();
        }
        UsedBuffer used = inOrder.take();
        usedIdx = (usedIdx + 1) & 0xffff;
        List<Integer> slots = inFlight.remove(used.id());
        if (slots != null) {
            free.addAll(slots);
        }
        return Optional.of(used);
    }

    /** Takes the next used element, which is for one chain or for a batch. Returns whether there is one. */
    private boolean takeElement() {
        if ((memory.loadShortAcquire(used + 2) & 0xffff) == usedIdx) {
            return false;
        }
        long element = used + 4 + 8L * (usedIdx & (size - 1));
        inOrder.used(new UsedBuffer(memory.getInt(element), Integer.toUnsignedLong(memory.getInt(element + 4))));
        return true;
    }

    @Override
    public boolean wantsNotification() {
        int added = (availIdx - lastNotified) & 0xffff;
        lastNotified = availIdx;
        // Store what is available, fence, look at the wish: the device does it the other way round (2.7.13.4.1).
        VarHandle.fullFence();
        if (mode == EventMode.FLAGS) {
            return added != 0 && (memory.getShort(used) & 1) == 0;
        }
        int event = memory.getShort(used + 4 + 8L * size) & 0xffff;
        return ((availIdx - event - 1) & 0xffff) < added;
    }

    @Override
    public void disableInterrupts() {
        if (mode == EventMode.FLAGS) {
            memory.putShort(avail, (short) 1);
        } else {
            rawUsedEvent(usedIdx - 1);
        }
    }

    @Override
    public void enableInterrupts() {
        if (mode == EventMode.FLAGS) {
            memory.putShort(avail, (short) 0);
        } else {
            rawUsedEvent(usedIdx);
        }
        // The driver looks at the used ring again, after the device can see the wish.
        VarHandle.fullFence();
    }

    /** Asks for an interrupt when the used ring goes past an index; with {@link EventMode#INDEX}. */
    public void rawUsedEvent(int index) {
        memory.putShort(avail + 4 + 2L * size, (short) index);
    }
}
