// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.ConfigSpace;

/** Features and configuration of a disk (VIRTIO 1.2, 5.2.3 and 5.2.4). */
final class BlkLayout {
    static final int DEVICE_TYPE = 2;
    static final int QUEUE_SIZE = 256;

    private static final long F_SEG_MAX = 1L << 2;
    private static final long F_RO = 1L << 5;
    private static final long F_BLK_SIZE = 1L << 6;
    private static final long F_FLUSH = 1L << 9;
    private static final long F_MQ = 1L << 12;
    private static final long F_DISCARD = 1L << 13;
    private static final long F_WRITE_ZEROES = 1L << 14;

    private static final int SECTOR = 512;

    /** The most segments of one request to discard. */
    static final int MAX_DISCARD_SEGMENTS = 16;
    /** The most sectors of such a segment: 1 GiB, which takes no host long. */
    static final int MAX_DISCARD_SECTORS = 1 << 21;
    /** The most segments of one request to make zero. */
    static final int MAX_ZERO_SEGMENTS = 1;
    /** The most sectors of such a segment: 16 MiB, because there are hosts that have to write them. */
    static final int MAX_ZERO_SECTORS = 1 << 15;

    /** For discards: what file systems of the host give back at once. */
    private static final int TRIM_ALIGNMENT_SECTORS = 8;

    private static final int SIZE = 60;

    private BlkLayout() {}

    static long features(BlockBackend backend) {
        long common = F_SEG_MAX | F_BLK_SIZE | F_FLUSH | F_MQ;
        return common | (backend.isReadOnly() ? F_RO : F_DISCARD | F_WRITE_ZEROES);
    }

    static ConfigSpace config(long sectors, int queues) {
        return ConfigSpace.ofSize(SIZE)
                .with(0, Long.BYTES, sectors)
                // Header and status take two descriptors.
                .with(12, Integer.BYTES, QUEUE_SIZE - 2L)
                .with(20, Integer.BYTES, SECTOR)
                .with(34, Short.BYTES, queues)
                .with(36, Integer.BYTES, MAX_DISCARD_SECTORS)
                .with(40, Integer.BYTES, MAX_DISCARD_SEGMENTS)
                .with(44, Integer.BYTES, TRIM_ALIGNMENT_SECTORS)
                .with(48, Integer.BYTES, MAX_ZERO_SECTORS)
                .with(52, Integer.BYTES, MAX_ZERO_SEGMENTS)
                .with(56, Byte.BYTES, 1);
    }
}
