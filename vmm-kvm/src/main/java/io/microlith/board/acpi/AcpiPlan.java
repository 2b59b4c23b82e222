// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a board has, as far as ACPI tells the guest.
 *
 * @param processors the processors there are, at least one; the guest counts them in this order
 * @param memory which memory is near which processor, hot-pluggable ranges included; all RAM or none of it. Empty if
 *     the guest is not to know of proximity
 * @param interrupts the interrupt controllers and how legacy interrupts reach them
 * @param hardware the registers of fixed hardware: power management and reset
 * @param pci the PCI host bridge, or empty if the board has none
 * @param generation how the guest learns that it is another machine from now on, or empty if it does not
 * @param nodes the devices the guest cannot find by itself
 */
public record AcpiPlan(
        List<Processor> processors,
        List<MemoryAffinity> memory,
        InterruptControllers interrupts,
        FixedHardware hardware,
        Optional<PciRoot> pci,
        Optional<GenerationCounter> generation,
        List<FirmwareNode> nodes) {
    /** The most processors, or devices, that have names in the namespace: three hexadecimal digits. */
    private static final int MOST = 1 << 12;

    /** Copies the lists, and refuses processors that share an id and memory that is in two places. */
    public AcpiPlan {
        processors = List.copyOf(processors);
        memory = List.copyOf(memory);
        nodes = List.copyOf(nodes);
        if (processors.isEmpty() || processors.size() > MOST) {
            throw new ConfigException("vcpus", processors.size() + " processors: ACPI tables take 1 to " + MOST);
        }
        if (nodes.size() > MOST) {
            throw new ConfigException("devices", nodes.size() + " devices: ACPI tables take up to " + MOST);
        }
        refuseSharedIds(processors);
        refuseOverlap(memory);
        nodes.forEach(DeviceNode::check);
    }

    private static void refuseSharedIds(List<Processor> processors) {
        Set<Integer> ids = new HashSet<>();
        for (Processor processor : processors) {
            if (!ids.add(processor.apicId())) {
                throw new ConfigException("vcpus", "two processors have the APIC id " + processor.apicId());
            }
        }
    }

    private static void refuseOverlap(List<MemoryAffinity> memory) {
        List<AddressRange> sorted =
                new ArrayList<>(memory.stream().map(MemoryAffinity::range).toList());
        sorted.sort(null);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).overlaps(sorted.get(i))) {
                throw new ConfigException("memory", sorted.get(i - 1) + " and " + sorted.get(i) + " overlap");
            }
        }
    }
}
