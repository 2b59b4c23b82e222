// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.ConfigSpace;
import java.util.Set;

/** Features, queues and configuration of a balloon (VIRTIO 1.2, 5.5.2 to 5.5.4). */
final class BalloonLayout {
    static final int DEVICE_TYPE = 5;

    /** Linux gives up to 32 ranges of pages in one chain, and hints in chains of one each. */
    static final int QUEUE_SIZE = 256;

    static final long F_STATS_VQ = 1L << 1;
    static final long F_DEFLATE_ON_OOM = 1L << 2;
    static final long F_FREE_PAGE_HINT = 1L << 3;
    static final long F_PAGE_POISON = 1L << 4;
    static final long F_REPORTING = 1L << 5;

    // The configuration.
    static final int ACTUAL = 4;
    static final int POISON = 12;
    private static final int COMMAND = 8;
    private static final int SIZE = 16;

    // Free page hinting commands; larger ones are the identities of rounds of hints.
    static final int COMMAND_STOP = 0;
    static final int COMMAND_DONE = 1;
    static final int FIRST_ROUND = 2;

    /** A balloon's pages are of 4 KiB, whatever the guest's are. */
    static final int PAGE_SHIFT = 12;

    private BalloonLayout() {}

    static long features(BalloonConfig config) {
        Set<BalloonFeature> wanted = config.features();
        boolean discardsFreePages =
                wanted.contains(BalloonFeature.HINTING) || wanted.contains(BalloonFeature.REPORTING);
        return (config.statistics().isZero() ? 0 : F_STATS_VQ)
                | (wanted.contains(BalloonFeature.DEFLATE_ON_OOM) ? F_DEFLATE_ON_OOM : 0)
                | (wanted.contains(BalloonFeature.HINTING) ? F_FREE_PAGE_HINT : 0)
                | (wanted.contains(BalloonFeature.REPORTING) ? F_REPORTING : 0)
                | (discardsFreePages ? F_PAGE_POISON : 0);
    }

    static ConfigSpace config(long target, BalloonRegisters registers) {
        return ConfigSpace.ofSize(SIZE)
                .with(0, Integer.BYTES, target)
                .with(ACTUAL, Integer.BYTES, registers.actual())
                .with(COMMAND, Integer.BYTES, registers.command())
                .with(POISON, Integer.BYTES, registers.poison());
    }
}
