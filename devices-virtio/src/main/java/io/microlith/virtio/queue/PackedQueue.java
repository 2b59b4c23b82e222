// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.memory.GuestMemory;
import java.lang.invoke.VarHandle;

/**
 * A packed virtqueue (VIRTIO 1.2, 2.8): one ring that both sides write, and a word for each of them to say what it
 * wants to hear of.
 *
 * <pre>
 *   descriptor ring   size x { addr u64 | len u32 | id u16 | flags u16 }             aligned to 16
 *   driver's events   off_wrap u16 | flags u16                                       aligned to 4
 *   device's events   off_wrap u16 | flags u16                                       aligned to 4
 * </pre>
 *
 * <p>The driver's id of a chain can be any number, and twice the same if it is hostile; so the chains in flight are
 * numbered here, and {@link DescriptorChain#head} is that number.
 */
final class PackedQueue implements VirtQueue {
    static final int WRAP = 1 << 15;

    private static final int ID = 12;
    private static final int FLAGS = 14;
    private static final int EVENT_FLAGS = 2;
    private static final int EVENTS_SIZE = 4;

    private static final int DESC_F_AVAIL = 1 << 7;
    private static final int DESC_F_USED = 1 << 15;

    private static final short EVENTS_ENABLE = 0;
    private static final short EVENTS_DISABLE = 1;
    private static final short EVENTS_DESC = 2;

    private final GuestMemory memory;
    private final QueueCounts counts;
    private final QueueLayout layout;
    private final QueueState setUp;
    private final int size;
    private final IndirectTable indirect;
    private final long ring;
    private final long driverEvents;
    private final long deviceEvents;

    /** Where the next chain begins, with the inverted wrap counter in bit 15; see {@link QueueState}. */
    private int nextAvail;

    private int nextUsed;

    /** How many descriptors were given back since the driver was last told, or wanted not to be. */
    private int added;

    /** Whether chains are prepared that the driver does not see; of the first, where it is, and the flags it gets. */
    private boolean prepared;

    private long firstUsed;
    private short firstFlags;

    /** The ids and lengths of the chains in flight, by their numbers here, and a stack of the numbers that are free. */
    private final short[] ids;

    private final int[] lengths;
    private final int[] free;
    private int freeCount;

    /** The number of the chain that was popped last, and of the ones popped before each. */
    private int popped;

    private final int[] poppedBefore;
    private boolean broken;

    /** Makes a queue without a {@linkplain #flaw flaw}. */
    PackedQueue(QueueState queue, QueueLayout layout, GuestMemory memory, QueueCounts counts) {
        this.counts = counts;
        this.memory = memory;
        this.layout = layout;
        setUp = queue;
        size = queue.size();
        indirect = new IndirectTable(size, memory);
        ring = queue.descriptorArea();
        driverEvents = queue.driverArea();
        deviceEvents = queue.deviceArea();
        nextAvail = queue.nextAvail();
        nextUsed = queue.nextUsed();
        ids = new short[size];
        lengths = new int[size];
        free = new int[size];
        for (int i = 0; i < size; i++) {
            free[i] = i;
        }
        freeCount = size;
        poppedBefore = new int[size];
    }

    /** What is wrong with a queue, or an empty string. */
    static String flaw(QueueState queue, GuestMemory memory) {
        int size = queue.size();
        if (size < 1 || size > QueueState.MAX_SIZE) {
            return "the size of a packed queue is 1 to 32768";
        }
        if (!QueueLayout.isPlaced(
                memory, queue.descriptorArea(), DescriptorLayout.SIZE, (long) size * DescriptorLayout.SIZE)) {
            return "the descriptor ring is in guest memory and aligned to 16";
        }
        if (!QueueLayout.isPlaced(memory, queue.driverArea(), EVENTS_SIZE, EVENTS_SIZE)) {
            return "the driver's events are in guest memory and aligned to 4";
        }
        if (!QueueLayout.isPlaced(memory, queue.deviceArea(), EVENTS_SIZE, EVENTS_SIZE)) {
            return "the device's events are in guest memory and aligned to 4";
        }
        if ((queue.nextAvail() & ~WRAP) >= size || (queue.nextUsed() & ~WRAP) >= size) {
            return "the next slots are in the ring";
        }
        return "";
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean pop(DescriptorChain into) {
        if (broken || !isAvailable()) {
            return false;
        }
        if (freeCount == 0) {
            // More chains than descriptors: some were made available again before they were given back.
            broken = true;
            return false;
        }
        int number = free[freeCount - 1];
        into.begin(number, memory);
        int length = readRing(into, number);
        if (length == 0) {
            broken = true;
            return false;
        }
        freeCount--;
        poppedBefore[number] = popped;
        popped = number;
        lengths[number] = length;
        nextAvail = after(nextAvail, length);
        counts.popped(into.readableBytes());
        return true;
    }

    /** Whether the descriptor at {@link #nextAvail} is the driver's (2.8.1). */
    private boolean isAvailable() {
        // Acquire: the rest of the descriptor, and of its chain, is read after the flags that publish it.
        int flags = memory.loadShortAcquire(at(nextAvail) + FLAGS);
        boolean wrapCounter = (nextAvail & WRAP) == 0;
        return ((flags & DESC_F_AVAIL) != 0) == wrapCounter && ((flags & DESC_F_USED) != 0) != wrapCounter;
    }

    /** Reads a chain. Returns its number of descriptors, or 0 if it does not end within the ring. */
    private int readRing(DescriptorChain into, int number) {
        boolean fine = true;
        int slot = nextAvail;
        for (int length = 1; length <= size; length++) {
            long address = memory.getLong(at(slot));
            long rest = memory.getLong(at(slot) + Long.BYTES);
            int flags = flags(rest);
            if ((flags & DescriptorLayout.F_INDIRECT) != 0) {
                // A table stands alone (2.8.7).
                fine &= length == 1
                        && (flags & DescriptorLayout.F_NEXT) == 0
                        && readTable(into, address, DescriptorLayout.length(rest));
            } else {
                fine &= into.add(address, DescriptorLayout.length(rest), flags);
            }
            if ((flags & DescriptorLayout.F_NEXT) == 0) {
                if (!fine) {
                    into.fault();
                }
                ids[number] = (short) (rest >>> 32);
                return length;
            }
            slot = after(slot, 1);
        }
        return 0;
    }

    /** Reads an indirect table, all of whose descriptors are the chain, in order (2.8.7). */
    private boolean readTable(DescriptorChain into, long table, long bytes) {
        long entries = bytes / DescriptorLayout.SIZE;
        if (!layout.indirect()
                || bytes % DescriptorLayout.SIZE != 0
                || entries == 0
                || entries > size
                || !memory.contains(table, bytes)) {
            return false;
        }
        indirect.load(table, entries);
        for (int i = 0; i < entries; i++) {
            long address = indirect.address(i);
            long rest = indirect.rest(i);
            int flags = flags(rest);
            if ((flags & DescriptorLayout.F_INDIRECT) != 0
                    || !into.add(address, DescriptorLayout.length(rest), flags)) {
                return false;
            }
        }
        return true;
    }

    private static int flags(long rest) {
        return (int) (rest >>> 48);
    }

    private long at(int position) {
        return ring + (long) (position & ~WRAP) * DescriptorLayout.SIZE;
    }

    /** The position some descriptors further: around the ring, the wrap counter is the other one. */
    private int after(int position, int descriptors) {
        int slot = (position & ~WRAP) + descriptors;
        return slot < size ? position & WRAP | slot : (position & WRAP ^ WRAP) | slot - size;
    }

    @Override
    public void undoPop() {
        counts.undone();
        int number = popped;
        popped = poppedBefore[number];
        free[freeCount] = number;
        freeCount++;
        int slot = (nextAvail & ~WRAP) - lengths[number];
        nextAvail = slot >= 0 ? nextAvail & WRAP | slot : (nextAvail & WRAP ^ WRAP) | slot + size;
    }

    @Override
    public void prepareUsed(int head, int written) {
        counts.givenBack(written);
        long element = at(nextUsed);
        memory.putInt(element + Long.BYTES, written);
        memory.putShort(element + ID, ids[head]);
        boolean wrapCounter = (nextUsed & WRAP) == 0;
        int flags = (wrapCounter ? DESC_F_AVAIL | DESC_F_USED : 0) | (written != 0 ? DescriptorLayout.F_WRITE : 0);
        if (prepared) {
            // The driver looks at the first, and at the next ones after that.
            memory.putShort(element + FLAGS, (short) flags);
        } else {
            prepared = true;
            firstUsed = element;
            firstFlags = (short) flags;
        }
        nextUsed = after(nextUsed, lengths[head]);
        added += lengths[head];
        free[freeCount] = head;
        freeCount++;
    }

    @Override
    public void publishUsed() {
        if (prepared) {
            // Release: the driver that sees the flags sees the ids, the lengths, the flags of the others, and what was
            // written into the buffers.
            memory.storeShortRelease(firstUsed + FLAGS, firstFlags);
            prepared = false;
        }
    }

    @Override
    public boolean needsNotification() {
        int descriptors = added;
        added = 0;
        if (descriptors == 0) {
            return false;
        }
        // The driver stores its wish and looks at the ring again; we stored into the ring, and read the wish: with a
        // full fence on both sides at least one sees the other's store.
        VarHandle.fullFence();
        int events = memory.getInt(driverEvents);
        int flags = events >>> Short.SIZE & 3;
        if (flags != EVENTS_DESC || !layout.eventIdx()) {
            return flags != EVENTS_DISABLE;
        }
        int event = events & 0x7fff;
        boolean wrapCounter = (events & WRAP) != 0;
        if (wrapCounter != ((nextUsed & WRAP) == 0)) {
            // On the lap before this one.
            event -= size;
        }
        int index = nextUsed & ~WRAP;
        return index - event - 1 >= 0 && index - event - 1 < descriptors;
    }

    @Override
    public void disableNotification() {
        memory.putShort(deviceEvents + EVENT_FLAGS, EVENTS_DISABLE);
    }

    @Override
    public boolean enableNotification() {
        if (layout.eventIdx()) {
            memory.putShort(deviceEvents, (short) (nextAvail ^ WRAP));
            // Release: who sees that an index counts sees the index.
            memory.storeShortRelease(deviceEvents + EVENT_FLAGS, EVENTS_DESC);
        } else {
            memory.putShort(deviceEvents + EVENT_FLAGS, EVENTS_ENABLE);
        }
        // As in needsNotification, with the roles exchanged: store the wish, fence, look again.
        VarHandle.fullFence();
        return !broken && isAvailable();
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public QueueState save() {
        return setUp.at(nextAvail, nextUsed);
    }
}
