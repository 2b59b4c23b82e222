// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bus whose readers never wait: each change publishes a new immutable table, each lookup reads the current one.
 *
 * @param <D> the kind of device
 */
public final class CowBus<D> implements Bus<D> {
    private final String name;

    /** Replaced under the lock, read without it: the volatile write publishes the arrays behind it. */
    private volatile Table<D> table = new Table<>(List.of());

    /**
     * Makes an empty bus.
     *
     * @param name what errors call it, such as {@code pio}
     */
    public CowBus(String name) {
        this.name = name;
    }

    @Override
    public synchronized void add(AddressRange range, D device) {
        Objects.requireNonNull(device, "device");
        List<Entry<D>> entries = new ArrayList<>(table.entries);
        int place = 0;
        for (Entry<D> entry : entries) {
            if (entry.range.overlaps(range)) {
                throw new ConfigException(
                        name,
                        range + " of " + device + " overlaps " + entry.range + " of " + entry.device
                                + ": give one of them another address");
            }
            if (entry.range.base() < range.base()) {
                place++;
            }
        }
        entries.add(place, new Entry<>(range, device));
        table = new Table<>(entries);
    }

    @Override
    public synchronized boolean remove(AddressRange range) {
        List<Entry<D>> entries = new ArrayList<>(table.entries);
        boolean removed = entries.removeIf(entry -> entry.range.equals(range));
        table = new Table<>(entries);
        return removed;
    }

    @Override
    public List<AddressRange> ranges() {
        return table.entries.stream().map(Entry::range).toList();
    }

    @Override
    public BusCursor<D> cursor() {
        return new Cursor<>(this);
    }

    private record Entry<D>(AddressRange range, D device) {}

    /** The entries by address, and their bounds as arrays for the search. */
    private static final class Table<D> {
        final List<Entry<D>> entries;
        final long[] bases;
        final long[] lasts;

        Table(List<Entry<D>> byAddress) {
            entries = List.copyOf(byAddress);
            int count = entries.size();
            bases = new long[count];
            lasts = new long[count];
            for (int i = 0; i < count; i++) {
                bases[i] = entries.get(i).range.base();
                lasts[i] = entries.get(i).range.last();
            }
        }

        /** The index of the entry that has the address, or -1. Addresses with the top bit set are on no bus. */
        int find(long address) {
            int found = Arrays.binarySearch(bases, address);
            int candidate = found >= 0 ? found : -found - 2;
            return candidate >= 0 && address <= lasts[candidate] ? candidate : -1;
        }
    }

    private static final class Cursor<D> implements BusCursor<D> {
        private final CowBus<D> bus;
        private @Nullable Table<D> table;
        private @Nullable D device;
        private long base;
        private long size;
        private long offset;

        Cursor(CowBus<D> bus) {
            this.bus = bus;
        }

        @Override
        public boolean seek(long address, int length) {
            Table<D> current = bus.table;
            long hit = address - base;
            if (current == table && hit >= 0 && hit <= size - length) {
                offset = hit;
                return true;
            }
            return search(current, address, length);
        }

        private boolean search(Table<D> current, long address, int length) {
            int index = current.find(address);
            if (index < 0 || address > current.lasts[index] - (length - 1)) {
                return false;
            }
            Entry<D> entry = current.entries.get(index);
            table = current;
            device = entry.device;
            base = entry.range.base();
            size = entry.range.size();
            offset = address - base;
            return true;
        }

        @Override
        public D device() {
            return Objects.requireNonNull(device, "seek first");
        }

        @Override
        public long offset() {
            return offset;
        }
    }
}
