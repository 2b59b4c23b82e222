// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.Bus;
import io.microlith.vmm.bus.pci.PciPlacedDevice;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * The BARs of one address space, as the guest has placed them. It may place several at the same addresses: the first
 * keeps them, the others wait for it to go. Any thread.
 *
 * @param <D> the kind of device
 */
final class BarSpace<D> {
    private final Bus<D> bus;
    private final List<AddressRange> windows;
    private final List<Placement<D>> placements = new ArrayList<>();

    BarSpace(Bus<D> bus, List<AddressRange> windows) {
        this.bus = bus;
        this.windows = windows;
    }

    /** Places a BAR and says whether it answers. Outside the windows it is not even remembered. */
    synchronized boolean map(AddressRange range, D handler) {
        if (windows.stream().noneMatch(window -> window.contains(range))) {
            return false;
        }
        Placement<D> placement = new Placement<>(range, handler);
        placements.add(placement);
        return placement.settle(bus);
    }

    /** Takes a placement back, one that answers rather than one that waits, and lets others have its place. */
    @SuppressWarnings("ReferenceEquality") // the very handler that was placed, not one like it
    synchronized void unmap(AddressRange range, D handler) {
        Placement<D> found = null;
        for (Placement<D> placement : placements) {
            boolean matches = placement.range.equals(range) && placement.handler == handler;
            if (matches && (found == null || placement.settled)) {
                found = placement;
            }
        }
        if (found == null) {
            return;
        }
        placements.remove(found);
        if (found.settled) {
            bus.remove(range);
            if (handler instanceof PciPlacedDevice device) {
                device.displaced(range);
            }
            placements.forEach(placement -> placement.settle(bus));
        }
    }

    private static final class Placement<D> {
        private final AddressRange range;
        private final D handler;
        private boolean settled;

        Placement(AddressRange range, D handler) {
            this.range = range;
            this.handler = handler;
        }

        boolean settle(Bus<D> bus) {
            if (!settled && isTaken(bus)) {
                settled = true;
                if (handler instanceof PciPlacedDevice device) {
                    device.placed(range);
                }
            }
            return settled;
        }

        /** The bus refuses addresses that are in use: here that is the guest's mistake, and no error of ours. */
        private boolean isTaken(Bus<D> bus) {
            try {
                bus.add(range, handler);
                return true;
            } catch (ConfigException _) {
                return false;
            }
        }
    }
}
