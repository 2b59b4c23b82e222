// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.memory.GuestMemory;

/**
 * The form of a device's queues, which the driver chose when it accepted features.
 *
 * @param eventIdx whether both sides name the index they want to hear of (VIRTIO_F_EVENT_IDX)
 * @param indirect whether a descriptor may point to a table of descriptors (VIRTIO_F_INDIRECT_DESC)
 */
public record QueueLayout(boolean eventIdx, boolean indirect) {
    /**
     * Whether a queue can be where the driver put it: its size is one, its areas are aligned and in guest memory.
     *
     * @return what is wrong with it, or an empty string
     */
    public String flaw(QueueState queue, GuestMemory memory) {
        return SplitQueue.flaw(queue, memory);
    }

    /**
     * Makes a queue as it was set up or saved.
     *
     * @param memory where the queue and its buffers are; lives as long as the queue
     * @throws InvalidStateException if it has a {@linkplain #flaw flaw}
     */
    public VirtQueue open(QueueState queue, GuestMemory memory) {
        String flaw = flaw(queue, memory);
        if (!flaw.isEmpty()) {
            throw new InvalidStateException("QueueState.descriptorArea", queue, flaw);
        }
        return new SplitQueue(queue, this, memory);
    }
}
