// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/**
 * How a device is to be served, whatever its type and transport.
 *
 * @param loop whose thread handles its queues
 * @param queueFeatures the features of queues to offer: any of {@link #ALL_QUEUE_FEATURES}
 */
public record VirtioLink(LoopChoice loop, long queueFeatures) {
    /** All features of queues that there are. */
    public static final long ALL_QUEUE_FEATURES = VirtioFeatures.INDIRECT_DESC
            | VirtioFeatures.EVENT_IDX
            | VirtioFeatures.RING_PACKED
            | VirtioFeatures.IN_ORDER
            | VirtioFeatures.RING_RESET;

    /** Split queues with all their features, on the loop that all devices of the VM share. */
    public static final VirtioLink DEFAULT =
            new VirtioLink(LoopChoice.SHARED, ALL_QUEUE_FEATURES & ~VirtioFeatures.RING_PACKED);

    /** Refuses features that are none of queues. */
    public VirtioLink {
        if ((queueFeatures & ~ALL_QUEUE_FEATURES) != 0) {
            throw new IllegalArgumentException(
                    "0x" + Long.toHexString(queueFeatures & ~ALL_QUEUE_FEATURES) + " are no features of queues");
        }
    }

    /** The same on another loop. */
    public VirtioLink on(LoopChoice choice) {
        return new VirtioLink(choice, queueFeatures);
    }

    /** The same with more features of queues on offer. */
    public VirtioLink with(long features) {
        return new VirtioLink(loop, queueFeatures | features);
    }

    /** The same without some features. */
    public VirtioLink without(long features) {
        return new VirtioLink(loop, queueFeatures & ~features);
    }
}
