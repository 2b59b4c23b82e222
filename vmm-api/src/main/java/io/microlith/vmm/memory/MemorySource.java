// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;

/** Maps the memory of one VM. */
@FunctionalInterface
public interface MemorySource {
    /** Memory that is all zero, which most machines begin with. */
    MemorySource ZERO = (name, ranges, backing) ->
            backing == PageBacking.PRIVATE ? PrivateMemory.blank(ranges) : MappedMemory.map(name, ranges, backing);

    /**
     * Maps memory.
     *
     * @param name the VM's name
     * @param ranges where RAM is, page-aligned and disjoint
     * @param backing the host's pages behind it
     * @return closed after every vCPU and device thread has stopped
     * @throws io.microlith.vmm.error.ConfigException if the host does not have that memory to give
     * @throws io.microlith.vmm.error.VmmException if the host fails otherwise
     */
    MachineMemory map(String name, List<AddressRange> ranges, PageBacking backing);
}
