// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of an event loop, by token. A token is never used twice, so an event of a handler that has been removed
 * finds nobody, even if it was reported before. Any thread changes the table; lookups take no lock and allocate
 * nothing.
 */
final class HandlerTable {
    private static final int SLOT_BITS = 24;
    private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;

    private record Entry(long token, Runnable handler) {}

    /** Replaced under the lock, read without it. */
    private volatile @Nullable Entry[] entries = new @Nullable Entry[0];

    private long added;

    /** Adds a handler. Returns its token: positive, with the handler's place in the low bits. */
    synchronized long add(Runnable handler) {
        @Nullable Entry[] table = entries;
        int slot = 0;
        while (slot < table.length && table[slot] != null) {
            slot++;
        }
        if (slot > SLOT_MASK) {
            throw new IllegalStateException("an event loop takes " + slot + " handlers and no more");
        }
        long token = ++added << SLOT_BITS | slot;
        put(Math.max(table.length, slot + 1), slot, new Entry(token, handler));
        return token;
    }

    /** Removes a handler. Returns whether it was there. */
    synchronized boolean remove(long token) {
        @Nullable Entry entry = find(token);
        if (entry != null) {
            put(entries.length, slot(token), null);
        }
        return entry != null;
    }

    private void put(int length, int slot, @Nullable Entry entry) {
        @Nullable Entry[] table = Arrays.copyOf(entries, length);
        table[slot] = entry;
        entries = table;
    }

    /** Runs the handler of a token, if it is still there. Returns how many ran. */
    int run(long token) {
        @Nullable Entry entry = find(token);
        if (entry == null) {
            return 0;
        }
        entry.handler.run();
        return 1;
    }

    private @Nullable Entry find(long token) {
        @Nullable Entry[] table = entries;
        int slot = slot(token);
        @Nullable Entry entry = slot < table.length ? table[slot] : null;
        return entry != null && entry.token == token ? entry : null;
    }

    private static int slot(long token) {
        return (int) (token & SLOT_MASK);
    }
}
