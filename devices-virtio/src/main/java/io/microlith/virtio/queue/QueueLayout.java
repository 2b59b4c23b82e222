// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;

/**
 * The form of a device's queues, which the driver chose when it accepted features.
 *
 * @param format what the rings look like
 * @param eventIdx whether both sides name the index they want to hear of (VIRTIO_F_EVENT_IDX)
 * @param indirect whether a descriptor may point to a table of descriptors (VIRTIO_F_INDIRECT_DESC)
 */
public record QueueLayout(Format format, boolean eventIdx, boolean indirect) {
    /** What the rings of a queue look like. */
    public enum Format {
        /** A table of descriptors, and a ring of each side's (VIRTIO 1.2, 2.7). */
        SPLIT,
        /** One ring for both (VIRTIO 1.2, 2.8). */
        PACKED
    }

    /**
     * Whether a queue can be where the driver put it: its size is one, its areas are aligned and in guest memory.
     *
     * @return what is wrong with it, or an empty string
     */
    public String flaw(QueueState queue, GuestMemory memory) {
        return switch (format) {
            case SPLIT -> SplitQueue.flaw(queue, memory);
            case PACKED -> PackedQueue.flaw(queue, memory);
        };
    }

    /** Whether an area is aligned and in guest memory. */
    static boolean isPlaced(GuestMemory memory, long address, int alignment, long length) {
        return address % alignment == 0 && memory.contains(address, length);
    }

    /**
     * Makes a queue as it was set up or saved.
     *
     * @param memory where the queue and its buffers are; lives as long as the queue
     * @throws InvalidStateException if it has a {@linkplain #flaw flaw}
     */
    public VirtQueue open(QueueState queue, GuestMemory memory) {
        return open(queue, memory, new QueueCounts());
    }

    /**
     * Makes a queue as it was set up or saved.
     *
     * @param memory where the queue and its buffers are; lives as long as the queue
     * @param counts where it counts
     * @throws InvalidStateException if it has a {@linkplain #flaw flaw}
     */
    public VirtQueue open(QueueState queue, GuestMemory memory, QueueCounts counts) {
        String flaw = flaw(queue, memory);
        if (!flaw.isEmpty()) {
            throw new InvalidStateException("QueueState.descriptorArea", queue, flaw);
        }
        return switch (format) {
            case SPLIT -> new SplitQueue(queue, this, memory, counts);
            case PACKED -> new PackedQueue(queue, this, memory, counts);
        };
    }
}
