// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.util.Optional;

/**
 * The PCI host bridge.
 *
 * @param ecam memory-mapped configuration space, one MiB for each bus from 0 on, or empty if there is none; below 4 GiB
 * @param windows the addresses it forwards
 * @param routing which inputs interrupt pins are wired to
 */
public record PciRoot(Optional<AddressRange> ecam, PciWindows windows, IntxRouting routing) {
    private static final long BUS_SIZE = 1L << 20;
    private static final int MOST_BUSES = 256;

    /** Refuses a configuration space that is not whole buses. */
    public PciRoot {
        ecam.ifPresent(PciRoot::check);
    }

    /** The number of the last bus: without memory-mapped configuration space there is only one. */
    int lastBus() {
        return ecam.map(range -> (int) (range.size() / BUS_SIZE) - 1).orElse(0);
    }

    private static void check(AddressRange range) {
        long buses = range.size() / BUS_SIZE;
        if ((range.base() | range.size()) % BUS_SIZE != 0 || buses > MOST_BUSES || range.last() >= 1L << 32) {
            throw new ConfigException(
                    "pci",
                    range + " is no memory-mapped configuration space: 1 to " + MOST_BUSES
                            + " MiB, from a MiB on, below 4 GiB");
        }
    }
}
