// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.queue;

/**
 * What descriptors of split and packed queues have in common (VIRTIO 1.2, 2.7.5 and 2.8.5): 16 bytes, of which the
 * first 12 are the buffer's address and its length, and the flags of the driver's. The flags are in different places.
 */
final class DescriptorLayout {
    static final int SIZE = 16;

    static final int F_NEXT = 1;
    static final int F_WRITE = 2;
    static final int F_INDIRECT = 4;

    private DescriptorLayout() {}

    /** The length, of a descriptor's second eight bytes. */
    static long length(long rest) {
        return rest & 0xffff_ffffL;
    }
}
