// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * At which port of a switch an address was seen last. Of a fixed size: an address has one place, and may have to leave
 * it to another; frames for it then go to all ports, until it is seen again. So a guest that makes addresses up costs
 * others time, and nobody memory. Any thread; takes no lock.
 */
final class MacTable {
    static final int NOWHERE = -1;

    private static final int PLACE_BITS = 12;
    private static final int PORT_BITS = 16;
    private static final int PORT_MASK = (1 << PORT_BITS) - 1;

    /** {@code mac << 16 | port}; 0 for an empty place, for no card has the address 0. */
    private final AtomicLongArray places = new AtomicLongArray(1 << PLACE_BITS);

    void learn(long mac, int port) {
        long entry = mac << PORT_BITS | port;
        int place = place(mac);
        if (places.get(place) != entry) {
            places.set(place, entry);
        }
    }

    /** The port, or {@link #NOWHERE}. */
    int find(long mac) {
        long entry = places.get(place(mac));
        return entry >>> PORT_BITS == mac && entry != 0 ? (int) (entry & PORT_MASK) : NOWHERE;
    }

    /** Forgets what was seen at a port. */
    void forget(int port) {
        for (int i = 0; i < places.length(); i++) {
            long entry = places.get(i);
            if (entry != 0 && (entry & PORT_MASK) == port) {
                places.compareAndSet(i, entry, 0);
            }
        }
    }

    /** Fibonacci hashing: makers of cards count in the low bits, and guests of one maker differ there only. */
    private static int place(long mac) {
        return (int) (mac * 0x9e37_79b9_7f4a_7c15L >>> Long.SIZE - PLACE_BITS);
    }
}
