// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.SharedMemoryRegion;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.pci.PciBarMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a device's shared memory is. Does not change until it is closed; any thread. */
final class MmioSharedMemory implements AutoCloseable {
    private final Map<Integer, AddressRange> ranges = new HashMap<>();
    private final Map<AddressRange, PciBarMemory> contents = new HashMap<>();

    /** Takes addresses for all regions, and shows the guest the memory there: what a BAR would do, without one. */
    MmioSharedMemory(List<SharedMemoryRegion> regions, DeviceContext context) {
        for (SharedMemoryRegion region : regions) {
            PciBarMemory memory = new PciBarMemory(context, region.memory());
            AddressRange range = context.mapMmio(region.memory().byteSize(), memory);
            memory.placed(range);
            ranges.put(region.id(), range);
            contents.put(range, memory);
        }
    }

    /** The length of a region, all ones if there is no such region. */
    long length(int id) {
        AddressRange range = ranges.get(id);
        return range == null ? -1 : range.size();
    }

    /** The address of a region, all ones if there is no such region. */
    long base(int id) {
        AddressRange range = ranges.get(id);
        return range == null ? -1 : range.base();
    }

    @Override
    public void close() {
        contents.forEach((range, memory) -> memory.displaced(range));
    }
}
