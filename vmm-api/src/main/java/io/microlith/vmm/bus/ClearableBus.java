// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The part of a bus that one owner uses and gives back as a whole. Any thread.
 *
 * @param <D> the kind of device
 */
public final class ClearableBus<D> implements Bus<D> {
    private final Bus<D> bus;

    /** Guarded by itself. */
    private final Set<AddressRange> own = new HashSet<>();

    /** Begins with nothing on it that is the owner's. */
    public ClearableBus(Bus<D> bus) {
        this.bus = bus;
    }

    @Override
    public void add(AddressRange range, D device) {
        synchronized (own) {
            bus.add(range, device);
            own.add(range);
        }
    }

    @Override
    public boolean remove(AddressRange range) {
        synchronized (own) {
            own.remove(range);
            return bus.remove(range);
        }
    }

    /** Takes off what the owner has put on it. */
    public void clear() {
        synchronized (own) {
            own.forEach(bus::remove);
            own.clear();
        }
    }

    /** All ranges in use, those of others as well. */
    @Override
    public List<AddressRange> ranges() {
        return bus.ranges();
    }

    @Override
    public BusCursor<D> cursor() {
        return bus.cursor();
    }
}
