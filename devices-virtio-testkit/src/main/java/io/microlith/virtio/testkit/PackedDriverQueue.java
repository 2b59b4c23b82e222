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

/**
 * The driver's side of a packed virtqueue (VIRTIO 1.2, 2.8). {@link #rawDescriptor} writes what no driver would: it is
 * for hostile ones.
 */
public final class PackedDriverQueue implements DriverQueue {
    /** VIRTQ_DESC_F_NEXT. */
    public static final int NEXT = 1;
    /** VIRTQ_DESC_F_WRITE. */
    public static final int WRITE = 2;
    /** VIRTQ_DESC_F_INDIRECT. */
    public static final int INDIRECT = 4;
    /** VIRTQ_DESC_F_AVAIL. */
    public static final int AVAIL = 1 << 7;
    /** VIRTQ_DESC_F_USED. */
    public static final int USED = 1 << 15;

    private static final int DESCRIPTOR_SIZE = 16;

    private final GuestHeap heap;
    private final GuestMemory memory;
    private final EventMode mode;
    private final InOrderBatch inOrder;
    private final int size;
    private final long ring;
    private final long driverEvents;
    private final long deviceEvents;
    private final Deque<Integer> ids = new ArrayDeque<>();
    private final Map<Integer, Integer> lengths = new HashMap<>();
    private int room;

    /** Counts all descriptors ever made available; slot and wrap counter follow from it. */
    private long availCount;

    private long notifiedCount;
    private long usedCount;

    /** Makes a queue in memory of its own. */
    public PackedDriverQueue(GuestHeap heap, int size, EventMode mode) {
        this(heap, size, mode, UseOrder.ANY);
    }

    /** Makes a queue in memory of its own, that knows in which order its chains come back. */
    public PackedDriverQueue(GuestHeap heap, int size, EventMode mode, UseOrder order) {
        this.heap = heap;
        memory = heap.memory();
        this.mode = mode;
        inOrder = new InOrderBatch(order);
        this.size = size;
        room = size;
        ring = heap.take((long) size * DESCRIPTOR_SIZE, 16);
        driverEvents = heap.take(4, 4);
        deviceEvents = heap.take(4, 4);
        for (int i = 0; i < size; i++) {
            ids.add(i);
        }
    }

    private PackedDriverQueue(PackedDriverQueue other, GuestHeap heap) {
        this.heap = heap;
        memory = heap.memory();
        mode = other.mode;
        inOrder = other.inOrder.copy();
        size = other.size;
        ring = other.ring;
        driverEvents = other.driverEvents;
        deviceEvents = other.deviceEvents;
        ids.addAll(other.ids);
        lengths.putAll(other.lengths);
        room = other.room;
        availCount = other.availCount;
        notifiedCount = other.notifiedCount;
        usedCount = other.usedCount;
    }

    @Override
    public PackedDriverQueue in(GuestHeap elsewhere) {
        return new PackedDriverQueue(this, elsewhere);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public long descriptorArea() {
        return ring;
    }

    @Override
    public long driverArea() {
        return driverEvents;
    }

    @Override
    public long deviceArea() {
        return deviceEvents;
    }

    @Override
    public int add(List<GuestBuffer> buffers) {
        if (buffers.isEmpty() || buffers.size() > room) {
            throw new IllegalStateException(buffers.size() + " buffers do not fit, there is room for " + room);
        }
        int id = ids.remove();
        // The first one last: it is what the device waits for.
        for (int i = buffers.size() - 1; i >= 0; i--) {
            GuestBuffer buffer = buffers.get(i);
            int next = i == buffers.size() - 1 ? 0 : NEXT;
            put(availCount + i, buffer.address(), buffer.length(), id, buffer.flags() | next);
        }
        return publish(id, buffers.size(), buffers);
    }

    @Override
    public int addIndirect(List<GuestBuffer> buffers) {
        long table = heap.take((long) buffers.size() * DESCRIPTOR_SIZE, 16);
        for (int i = 0; i < buffers.size(); i++) {
            GuestBuffer buffer = buffers.get(i);
            write(table + (long) i * DESCRIPTOR_SIZE, buffer.address(), buffer.length(), 0, buffer.flags());
        }
        int id = ids.remove();
        put(availCount, table, (long) buffers.size() * DESCRIPTOR_SIZE, id, INDIRECT);
        return publish(id, 1, buffers);
    }

    private int publish(int id, int length, List<GuestBuffer> buffers) {
        inOrder.added(id, buffers);
        lengths.put(id, length);
        availCount += length;
        room -= length;
        return id;
    }

    private void put(long count, long address, long length, int id, int flags) {
        int ownership = wrapCounter(count) ? AVAIL : USED;
        write(ring + count % size * DESCRIPTOR_SIZE, address, length, id, flags | ownership);
    }

    /** The wrap counter is 1 on the first lap, and changes with each. */
    private boolean wrapCounter(long count) {
        return count / size % 2 == 0;
    }

    /** Writes a descriptor of any content. */
    public void rawDescriptor(int slot, long address, long length, int id, int flags) {
        write(ring + (long) slot * DESCRIPTOR_SIZE, address, length, id, flags);
    }

    /** Makes a descriptor of any content available, whether the device gave the one back that was there or not. */
    public void rawAvailable(long address, long length, int id, int flags) {
        put(availCount, address, length, id, flags & ~(AVAIL | USED));
        availCount++;
    }

    /** Whether the device has given something back in the slot where it begins, whatever that is. */
    boolean rawIsUsed() {
        int flags = memory.loadShortAcquire(ring + usedCount % size * DESCRIPTOR_SIZE + 14);
        return ((flags & AVAIL) != 0) == wrapCounter(usedCount) && ((flags & USED) != 0) == wrapCounter(usedCount);
    }

    private void write(long at, long address, long length, int id, int flags) {
        memory.putLong(at, address);
        memory.putInt(at + 8, (int) length);
        memory.putShort(at + 12, (short) id);
        memory.storeShortRelease(at + 14, (short) flags);
    }

    @Override
    public Optional<UsedBuffer> poll() {
        if (inOrder.isEmpty() && !takeDescriptor()) {
            return Optional.empty();
        }
        UsedBuffer used = inOrder.take();
        Integer length = lengths.remove(used.id());
        if (length == null) {
            throw new IllegalStateException("the device gave back " + used.id() + ", which it does not have");
        }
        usedCount += length;
        room += length;
        ids.add(used.id());
        return Optional.of(used);
    }

    /** Takes the next used descriptor, which is for one chain or for a batch. Returns whether there is one. */
    private boolean takeDescriptor() {
        long at = ring + usedCount % size * DESCRIPTOR_SIZE;
        int flags = memory.loadShortAcquire(at + 14);
        boolean avail = (flags & AVAIL) != 0;
        boolean used = (flags & USED) != 0;
        if (avail != used || used != wrapCounter(usedCount) || usedCount >= availCount) {
            return false;
        }
        int id = memory.getShort(at + 12) & 0xffff;
        inOrder.used(new UsedBuffer(id, Integer.toUnsignedLong(memory.getInt(at + 8))));
        return true;
    }

    @Override
    public boolean wantsNotification() {
        long from = notifiedCount;
        notifiedCount = availCount;
        // Store what is available, fence, look at the wish: the device does it the other way round (2.8.21.3.1).
        VarHandle.fullFence();
        int flags = memory.getShort(deviceEvents + 2) & 3;
        if (flags != 2) {
            return flags == 0 && from != availCount;
        }
        int offWrap = memory.getShort(deviceEvents) & 0xffff;
        for (long count = from; count < availCount; count++) {
            if (count % size == (offWrap & 0x7fff) && wrapCounter(count) == (offWrap >>> 15 != 0)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void disableInterrupts() {
        memory.putShort(driverEvents + 2, (short) 1);
    }

    @Override
    public void enableInterrupts() {
        if (mode == EventMode.FLAGS) {
            memory.putShort(driverEvents + 2, (short) 0);
        } else {
            rawUsedEvent(usedCount);
        }
        // The driver looks at the ring again, after the device can see the wish.
        VarHandle.fullFence();
    }

    /** Asks for an interrupt when the device gives back the n-th descriptor of all, from 0. */
    public void rawUsedEvent(long count) {
        memory.putShort(driverEvents, (short) (count % size | (wrapCounter(count) ? 1 << 15 : 0)));
        memory.storeShortRelease(driverEvents + 2, (short) 2);
    }
}
