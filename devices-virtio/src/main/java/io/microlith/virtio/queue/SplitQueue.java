// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.memory.GuestMemory;
import java.lang.invoke.VarHandle;

/**
 * A split virtqueue (VIRTIO 1.2, 2.7):
 *
 * <pre>
 *   descriptor table  size x { addr u64 | len u32 | flags u16 | next u16 }           aligned to 16
 *   avail ring        flags u16 | idx u16 | size x { head u16 } | used_event u16     aligned to 2
 *   used ring         flags u16 | idx u16 | size x { id u32 | len u32 } | avail_event u16   aligned to 4
 * </pre>
 *
 * <p>The driver writes the first two, the device the third. Every value of the driver's is read once, and checked
 * before it is used.
 */
final class SplitQueue implements VirtQueue {
    private static final int IDX = 2;
    private static final int RING = 4;
    private static final int AVAIL_ELEMENT = 2;
    private static final int USED_ELEMENT = 8;

    private static final int AVAIL_F_NO_INTERRUPT = 1;
    private static final short USED_F_NO_NOTIFY = 1;

    private final GuestMemory memory;
    private final QueueCounts counts;
    private final QueueLayout layout;
    private final QueueState setUp;
    private final int size;
    private final IndirectTable indirect;
    private final long desc;
    private final long avail;
    private final long used;
    private int nextAvail;
    private int nextUsed;

    /** The driver's index when it was last looked at: up to there are chains. */
    private int knownAvail;

    /** How many chains were given back since the driver was last told, or wanted not to be. */
    private long added;

    private int inFlight;
    private boolean broken;

    /** Makes a queue without a {@linkplain #flaw flaw}. */
    SplitQueue(QueueState queue, QueueLayout layout, GuestMemory memory, QueueCounts counts) {
        this.counts = counts;
        this.memory = memory;
        this.layout = layout;
        setUp = queue;
        size = queue.size();
        indirect = new IndirectTable(size, memory);
        desc = queue.descriptorArea();
        avail = queue.driverArea();
        used = queue.deviceArea();
        nextAvail = queue.nextAvail();
        nextUsed = queue.nextUsed();
        knownAvail = nextAvail;
    }

    /** What is wrong with a queue, or an empty string. */
    static String flaw(QueueState queue, GuestMemory memory) {
        int size = queue.size();
        if (Integer.bitCount(size) != 1 || size > QueueState.MAX_SIZE) {
            return "the size of a split queue is a power of two";
        }
        if (!QueueLayout.isPlaced(
                memory, queue.descriptorArea(), DescriptorLayout.SIZE, (long) size * DescriptorLayout.SIZE)) {
            return "the descriptor table is in guest memory and aligned to 16";
        }
        if (!QueueLayout.isPlaced(memory, queue.driverArea(), 2, RING + (long) size * AVAIL_ELEMENT + 2)) {
            return "the avail ring is in guest memory and aligned to 2";
        }
        if (!QueueLayout.isPlaced(memory, queue.deviceArea(), 4, RING + (long) size * USED_ELEMENT + 2)) {
            return "the used ring is in guest memory and aligned to 4";
        }
        return "";
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean pop(DescriptorChain into) {
        if (broken) {
            return false;
        }
        if (nextAvail == knownAvail && !lookForMore()) {
            return false;
        }
        int head = memory.getShort(avail + RING + (long) AVAIL_ELEMENT * (nextAvail & (size - 1))) & 0xffff;
        // More chains than descriptors: some were made available again before they were given back.
        if (head >= size || inFlight == size) {
            broken = true;
            return false;
        }
        nextAvail = (nextAvail + 1) & 0xffff;
        inFlight++;
        into.begin(head, memory);
        if (!readTable(into)) {
            into.fault();
        }
        counts.popped(into.readableBytes());
        return true;
    }

    /** Reads the driver's index. Returns whether it made chains available. */
    private boolean lookForMore() {
        // Acquire: the ring's elements and the descriptors behind them are read after the index that publishes them.
        knownAvail = memory.loadShortAcquire(avail + IDX) & 0xffff;
        int pending = (knownAvail - nextAvail) & 0xffff;
        // More chains than the ring has elements.
        broken = pending > size;
        return pending != 0 && !broken;
    }

    /** Reads a chain that begins in the queue's table. Returns whether it keeps the rules. */
    private boolean readTable(DescriptorChain into) {
        int index = into.head();
        for (int left = size; left > 0; left--) {
            long address = memory.getLong(desc + (long) index * DescriptorLayout.SIZE);
            long rest = memory.getLong(desc + (long) index * DescriptorLayout.SIZE + Long.BYTES);
            int flags = flags(rest);
            if ((flags & DescriptorLayout.F_INDIRECT) != 0) {
                // The driver may not set both flags (2.7.5.3.1), so such a descriptor is the last.
                return layout.indirect()
                        && (flags & DescriptorLayout.F_NEXT) == 0
                        && readIndirect(into, address, DescriptorLayout.length(rest));
            }
            if (!into.add(address, DescriptorLayout.length(rest), flags)) {
                return false;
            }
            if ((flags & DescriptorLayout.F_NEXT) == 0) {
                return true;
            }
            index = next(rest);
            if (index >= size) {
                return false;
            }
        }
        // More descriptors than there are: a loop.
        return false;
    }

    /** Reads an indirect table, whose first descriptor goes on the chain (2.7.5.3). */
    private boolean readIndirect(DescriptorChain into, long table, long bytes) {
        int entries = (int) (bytes / DescriptorLayout.SIZE);
        if (bytes % DescriptorLayout.SIZE != 0 || entries == 0 || !memory.contains(table, bytes)) {
            return false;
        }
        indirect.load(table, entries);
        int index = 0;
        // A chain is not longer than its queue, in an indirect table either (2.7.5.3.1).
        for (int left = Math.min(entries, size); left > 0; left--) {
            long address = indirect.address(index);
            long rest = indirect.rest(index);
            int flags = flags(rest);
            if ((flags & DescriptorLayout.F_INDIRECT) != 0
                    || !into.add(address, DescriptorLayout.length(rest), flags)) {
                return false;
            }
            if ((flags & DescriptorLayout.F_NEXT) == 0) {
                return true;
            }
            index = next(rest);
            if (index >= entries) {
                return false;
            }
        }
        return false;
    }

    private static int flags(long rest) {
        return (int) (rest >>> 32) & 0xffff;
    }

    private static int next(long rest) {
        return (int) (rest >>> 48);
    }

    @Override
    public void undoPop() {
        counts.undone();
        nextAvail = (nextAvail - 1) & 0xffff;
        inFlight--;
    }

    @Override
    public void prepareUsed(int head, int written) {
        counts.givenBack(written);
        long element = used + RING + (long) USED_ELEMENT * (nextUsed & (size - 1));
        memory.putLong(element, (long) written << 32 | head);
        nextUsed = (nextUsed + 1) & 0xffff;
        added++;
        inFlight--;
    }

    @Override
    public void publishUsed() {
        // Release: the driver that sees the index sees the elements, and what the device wrote into the buffers.
        memory.storeShortRelease(used + IDX, (short) nextUsed);
    }

    @Override
    public boolean needsNotification() {
        long chains = added;
        if (chains == 0) {
            return false;
        }
        added = 0;
        // The driver says what it wants to hear of, and then looks at the used index again; we store the index, and
        // then read what it wants. With a full fence on both sides at least one sees the other's store (2.7.7.2).
        VarHandle.fullFence();
        if (!layout.eventIdx()) {
            return (memory.getShort(avail) & AVAIL_F_NO_INTERRUPT) == 0;
        }
        int event = memory.getShort(avail + RING + (long) AVAIL_ELEMENT * size) & 0xffff;
        return isPassed(event, nextUsed, chains);
    }

    /** Whether an index went past an event within its last steps (2.7.10.1: vring_need_event). */
    private static boolean isPassed(int event, int index, long steps) {
        return ((index - event - 1) & 0xffff) < steps;
    }

    @Override
    public void disableNotification() {
        // With EVENT_IDX the flag is unused: the event that stays behind the index is what suppresses.
        if (!layout.eventIdx()) {
            memory.putShort(used, USED_F_NO_NOTIFY);
        }
    }

    @Override
    public boolean enableNotification() {
        if (layout.eventIdx()) {
            memory.putShort(used + RING + (long) USED_ELEMENT * size, (short) nextAvail);
        } else {
            memory.putShort(used, (short) 0);
        }
        // As in needsNotification, with the roles exchanged (2.7.10.2): store the wish, fence, look again.
        VarHandle.fullFence();
        return !broken && (memory.loadShortAcquire(avail + IDX) & 0xffff) != nextAvail;
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
