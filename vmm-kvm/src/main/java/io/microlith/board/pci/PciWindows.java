// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * The addresses the host bridge forwards to the PCI bus, where BARs can be.
 *
 * @param ports ranges of ports
 * @param memory ranges of guest-physical addresses, each wholly below or wholly from 4 GiB on; none overlaps another
 */
public record PciWindows(List<AddressRange> ports, List<AddressRange> memory) {
    private static final long FOUR_GIB = 1L << 32;
    private static final long PORTS = 1L << 16;

    /** Copies the lists and refuses ranges that overlap, that straddle 4 GiB, or ports that do not exist. */
    public PciWindows {
        ports = List.copyOf(ports);
        memory = List.copyOf(memory);
        for (AddressRange range : ports) {
            if (range.last() >= PORTS) {
                throw new ConfigException("pci ports", range + " has ports that do not exist: 0x0 to 0xffff do");
            }
        }
        for (AddressRange range : memory) {
            if (range.base() < FOUR_GIB && range.last() >= FOUR_GIB) {
                throw new ConfigException("pci memory", range + " straddles 4 GiB: make two windows of it");
            }
        }
        refuseOverlap("pci ports", ports);
        refuseOverlap("pci memory", memory);
    }

    /** The windows of memory below 4 GiB. */
    public List<AddressRange> lowMemory() {
        return memory.stream().filter(range -> range.base() < FOUR_GIB).toList();
    }

    /** The windows of memory from 4 GiB on. */
    public List<AddressRange> highMemory() {
        return memory.stream().filter(range -> range.base() >= FOUR_GIB).toList();
    }

    private static void refuseOverlap(String setting, List<AddressRange> ranges) {
        List<AddressRange> sorted = new ArrayList<>(ranges);
        sorted.sort(null);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).overlaps(sorted.get(i))) {
                throw new ConfigException(
                        setting, "the windows " + sorted.get(i - 1) + " and " + sorted.get(i) + " overlap");
            }
        }
    }
}
