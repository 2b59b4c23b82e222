// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.boot.E820Entry;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.ArrayList;
import java.util.List;

/** What the guest is told about its physical addresses. */
final class MemoryMap {
    private MemoryMap() {}

    /** The map for a machine with this RAM. */
    static List<E820Entry> of(GuestMemory memory) {
        List<E820Entry> map = new ArrayList<>();
        map.add(entry(0, PcLayout.CONVENTIONAL_END, E820Entry.Type.RAM));
        map.add(entry(PcLayout.FIRMWARE.base(), PcLayout.HIGH_MEMORY, E820Entry.Type.RESERVED));
        for (GuestRegion region : memory.regions()) {
            long start = Math.max(region.gpa(), PcLayout.HIGH_MEMORY);
            map.add(entry(start, region.gpa() + region.size(), E820Entry.Type.RAM));
            if (region.gpa() == 0) {
                // ECAM is only used where the memory map keeps everything else off it (PCI Firmware specification 3.2,
                // 4.1.2).
                map.add(entry(PcLayout.ECAM.base(), PcLayout.ECAM.last() + 1, E820Entry.Type.RESERVED));
            }
        }
        return map;
    }

    private static E820Entry entry(long start, long end, E820Entry.Type type) {
        return new E820Entry(start, end - start, type);
    }
}
