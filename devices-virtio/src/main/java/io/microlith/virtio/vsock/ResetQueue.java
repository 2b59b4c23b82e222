// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

/**
 * Resets that the guest has to be sent, of connections that are no more or never were. Holds as many as there can be
 * connections, and some answers to what the guest sends: when it {@linkplain #isFull is full}, nothing more is taken
 * from the guest until it takes some of these (VIRTIO 1.2, 5.10.6.1).
 */
final class ResetQueue {
    private static final int ANSWERS = 256;

    private final int[] hostPorts;
    private final int[] guestPorts;
    private final int[] types;
    private int begin;
    private int size;

    /** Makes a queue for a device with so many connections. */
    ResetQueue(int connections) {
        int capacity = connections + ANSWERS;
        hostPorts = new int[capacity];
        guestPorts = new int[capacity];
        types = new int[capacity];
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether an answer may find no place. */
    boolean isFull() {
        return size >= ANSWERS;
    }

    /** Adds a reset, if there is room. */
    void add(int hostPort, int guestPort, int type) {
        if (size < types.length) {
            int at = (begin + size) % types.length;
            hostPorts[at] = hostPort;
            guestPorts[at] = guestPort;
            types[at] = type;
            size++;
        }
    }

    /** Makes the header of the first. */
    void describe(VsockHeader header, long guestCid) {
        header.begin(VsockLayout.OP_RST, hostPorts[begin], guestCid, guestPorts[begin])
                .type(types[begin]);
    }

    /** The first was sent. */
    void remove() {
        begin = (begin + 1) % types.length;
        size--;
    }
}
