// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;

/** Who has which guest-physical addresses for memory-mapped I/O. */
final class PcWindows {
    private final List<AddressRange> taken = new ArrayList<>();
    private long next = PcLayout.WINDOWS.base();

    /** Notes addresses that a device chose itself. The bus refuses those of another device. */
    void claim(DeviceId device, AddressRange range) {
        if (!PcLayout.HOLE.contains(range)) {
            throw new ConfigException(
                    "mmio", device + " wants " + range + ", which can be RAM: devices are in " + PcLayout.HOLE);
        }
        taken.add(range);
    }

    /** Finds addresses that nobody has. */
    AddressRange claimFree(DeviceId device, long size) {
        if (size <= 0 || Long.bitCount(size) != 1) {
            throw new ConfigException("mmio", device + " wants " + size + " bytes: a power of two is needed");
        }
        long base = align(next, size);
        while (PcLayout.WINDOWS.contains(base, size)) {
            AddressRange candidate = new AddressRange(base, size);
            if (taken.stream().noneMatch(candidate::overlaps)) {
                taken.add(candidate);
                next = base + size;
                return candidate;
            }
            base += size;
        }
        throw new ConfigException(
                "mmio", device + " wants " + Size.bytes(size) + ", and the windows of the board are used up");
    }

    private static long align(long address, long size) {
        return (address + size - 1) & -size;
    }
}
