// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections by their two ports. Looking one up allocates nothing. Who chooses the ports may be hostile: at worst a
 * lookup passes all connections there are, and their number is bounded.
 */
final class ConnectionTable<E extends ConnectionTable.Entry> {
    /** What has two ports. */
    interface Entry {
        /** The host's end. */
        int hostPort();

        /** The guest's end. */
        int guestPort();
    }

    private final @Nullable E[] slots;
    private final int mask;
    private int size;

    /** Makes a table for so many connections. */
    // Nothing but entries of the type is ever put into it.
    @SuppressWarnings("unchecked")
    ConnectionTable(int most) {
        int capacity = Integer.highestOneBit(most) << 2;
        slots = (@Nullable E[]) new @Nullable Entry[capacity];
        mask = capacity - 1;
    }

    int size() {
        return size;
    }

    @Nullable
    E find(int hostPort, int guestPort) {
        return slots[slot(hostPort, guestPort)];
    }

    /** Adds a connection whose ports are not in the table. There is room. */
    void add(E connection) {
        slots[slot(connection.hostPort(), connection.guestPort())] = connection;
        size++;
    }

    /** Removes a connection. Returns whether it was there. */
    boolean remove(E connection) {
        int hole = slot(connection.hostPort(), connection.guestPort());
        if (!connection.equals(slots[hole])) {
            return false;
        }
        size--;
        slots[hole] = null;
        // What is behind it may have come that far only because the place was taken.
        for (int at = hole + 1 & mask; slots[at] != null; at = at + 1 & mask) {
            E moved = slots[at];
            slots[at] = null;
            slots[slot(moved.hostPort(), moved.guestPort())] = moved;
        }
        return true;
    }

    /** All connections, in a list of the caller's. */
    List<E> all() {
        List<E> all = new ArrayList<>(size);
        for (E connection : slots) {
            if (connection != null) {
                all.add(connection);
            }
        }
        return all;
    }

    /** The place of a connection, or the free one where it would be. */
    private int slot(int hostPort, int guestPort) {
        int hash = (hostPort * 31 + guestPort) * 0x9e37_79b9;
        int at = (hash ^ hash >>> 16) & mask;
        E there = slots[at];
        while (there != null && (there.hostPort() != hostPort || there.guestPort() != guestPort)) {
            at = at + 1 & mask;
            there = slots[at];
        }
        return at;
    }
}
