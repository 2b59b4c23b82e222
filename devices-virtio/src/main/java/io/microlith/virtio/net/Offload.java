// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.linux.Tap;
import java.util.EnumSet;
import java.util.Set;

/**
 * What one end of a cable can leave to the other, in the header before each frame (VIRTIO 1.2, 5.1.6). For each there
 * is a feature of what the guest sends, and one of what it receives.
 */
public enum Offload {
    /** The checksum is still to be made. */
    CHECKSUM(1L, 1L << 1, Tap.OFFLOAD_CHECKSUM),
    /** The frame is TCP over IPv4 still to be cut into segments. */
    TSO4(1L << 11, 1L << 7, Tap.OFFLOAD_TSO4),
    /** The same over IPv6. */
    TSO6(1L << 12, 1L << 8, Tap.OFFLOAD_TSO6),
    /** Such may have explicit congestion notification. */
    TSO_ECN(1L << 13, 1L << 9, Tap.OFFLOAD_TSO_ECN);

    /** VIRTIO_NET_F_CSUM or VIRTIO_NET_F_HOST_*. */
    final long sending;

    /** VIRTIO_NET_F_GUEST_*, which is also the bit of the command that changes it (5.1.6.5.6.1). */
    final long receiving;

    final int tap;

    Offload(long sending, long receiving, int tap) {
        this.sending = sending;
        this.receiving = receiving;
        this.tap = tap;
    }

    /** All of them. */
    public static Set<Offload> all() {
        return EnumSet.allOf(Offload.class);
    }

    /** Those whose features for what the guest receives are among the given ones. */
    static Set<Offload> received(long features) {
        Set<Offload> offloads = EnumSet.noneOf(Offload.class);
        for (Offload offload : values()) {
            if ((features & offload.receiving) != 0) {
                offloads.add(offload);
            }
        }
        return offloads;
    }

    /** The features for what the guest receives. */
    static long receiving(Set<Offload> offloads) {
        long features = 0;
        for (Offload offload : offloads) {
            features |= offload.receiving;
        }
        return features;
    }
}
