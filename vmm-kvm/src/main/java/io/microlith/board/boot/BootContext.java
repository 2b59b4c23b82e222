// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;

/**
 * The machine as a kernel is told about it.
 *
 * @param memory the guest's RAM
 * @param memoryMap what is where, by address; each entry of RAM lies within one region of {@code memory}
 * @param rsdp the guest-physical address of the ACPI root pointer, or 0 if there are no ACPI tables
 * @param nodes the devices that a guest cannot find by itself
 */
public record BootContext(GuestMemory memory, List<E820Entry> memoryMap, long rsdp, List<FirmwareNode> nodes) {
    /** The most entries a zero page holds: {@code E820_MAX_ENTRIES_ZEROPAGE} of {@code asm/bootparam.h}. */
    public static final int MAX_ENTRIES = 128;

    /** Refuses a memory map that does not describe the memory, or that no boot protocol can pass on. */
    public BootContext {
        memoryMap = List.copyOf(memoryMap);
        nodes = List.copyOf(nodes);
        if (memoryMap.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "a memory map of " + memoryMap.size() + " entries: at most " + MAX_ENTRIES);
        }
        long end = 0;
        for (E820Entry entry : memoryMap) {
            if (entry.base() < end) {
                throw new IllegalArgumentException("the memory map is not sorted, or overlaps, at " + entry);
            }
            if (entry.type() == E820Entry.Type.RAM && !memory.contains(entry.base(), entry.size())) {
                throw new IllegalArgumentException("the memory map has RAM where the guest has none: " + entry);
            }
            end = entry.base() + entry.size();
        }
    }

    /** A machine in which a guest finds all devices by itself. */
    public BootContext(GuestMemory memory, List<E820Entry> memoryMap, long rsdp) {
        this(memory, memoryMap, rsdp, List.of());
    }
}
