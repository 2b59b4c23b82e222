// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.ConfigSpace;
import java.util.Set;

/** Features, configuration, and the header before each frame, of a network device (VIRTIO 1.2, 5.1.3 to 5.1.6). */
final class NetLayout {
    static final int DEVICE_TYPE = 1;
    static final int QUEUE_SIZE = 256;

    static final long F_CTRL_GUEST_OFFLOADS = 1L << 2;
    static final long F_MTU = 1L << 3;
    static final long F_MAC = 1L << 5;
    static final long F_MRG_RXBUF = 1L << 15;
    static final long F_STATUS = 1L << 16;
    static final long F_CTRL_VQ = 1L << 17;
    static final long F_CTRL_RX = 1L << 18;
    static final long F_GUEST_ANNOUNCE = 1L << 21;
    static final long F_MQ = 1L << 22;
    static final long F_CTRL_MAC_ADDR = 1L << 23;

    static final int STATUS_LINK_UP = 1;
    static final int STATUS_ANNOUNCE = 2;

    /** struct virtio_net_hdr with num_buffers, which is there in any case since VERSION_1. */
    static final int HEADER_SIZE = 12;

    static final int NUM_BUFFERS = 10;

    /** An Ethernet header. */
    static final int LEAST_FRAME = 14;

    /** An IP packet of 64 KiB behind a header with tags, and some room. */
    static final int MOST_FRAME = 67 << 10;

    private static final int CONFIG_SIZE = 12;

    private NetLayout() {}

    static long features(Set<Offload> offloads, int pairs, int mtu) {
        long features = F_MAC | F_MRG_RXBUF | F_STATUS | F_CTRL_VQ | F_CTRL_RX | F_GUEST_ANNOUNCE | F_CTRL_MAC_ADDR;
        for (Offload offload : offloads) {
            features |= offload.sending | offload.receiving | F_CTRL_GUEST_OFFLOADS;
        }
        return features | (pairs > 1 ? F_MQ : 0) | (mtu != 0 ? F_MTU : 0);
    }

    static ConfigSpace config(MacAddress mac, int status, int pairs, int mtu) {
        return ConfigSpace.ofSize(CONFIG_SIZE)
                .with(0, MacAddress.SIZE, Long.reverseBytes(mac.value()) >>> Short.SIZE)
                .with(6, Short.BYTES, status)
                .with(8, Short.BYTES, pairs)
                .with(10, Short.BYTES, mtu);
    }

    /** The index of the queue for commands (5.1.2): behind all others that a driver knows of. */
    static int controlQueue(boolean manyPairs, int pairs) {
        return manyPairs ? 2 * pairs : 2;
    }
}
