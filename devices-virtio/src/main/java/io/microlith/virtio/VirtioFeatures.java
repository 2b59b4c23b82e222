// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/** Feature bits that are no device's own (VIRTIO 1.2, 6). Each constant is a mask. */
public final class VirtioFeatures {
    /** VIRTIO_F_INDIRECT_DESC: a descriptor may point to a table of descriptors. */
    public static final long INDIRECT_DESC = 1L << 28;
    /** VIRTIO_F_EVENT_IDX: each side names the index that it wants to hear of. */
    public static final long EVENT_IDX = 1L << 29;
    /** VIRTIO_F_VERSION_1: this is no legacy device, and its driver no legacy driver. */
    public static final long VERSION_1 = 1L << 32;
    /** VIRTIO_F_RING_PACKED: queues are packed ones. */
    public static final long RING_PACKED = 1L << 34;
    /** VIRTIO_F_IN_ORDER: chains are given back in the order in which they were made available. */
    public static final long IN_ORDER = 1L << 35;
    /** VIRTIO_F_RING_RESET: the driver can reset one queue. */
    public static final long RING_RESET = 1L << 40;

    /** The bits from 24 to 40 and above, which belong to no device type. */
    static final long RESERVED = 0x3ff_ff00_0000L;

    private VirtioFeatures() {}
}
