// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.aml.AddressWindow;
import io.microlith.board.acpi.aml.AddressWindow.Space;
import io.microlith.board.acpi.aml.AddressWindow.Use;
import io.microlith.board.acpi.aml.AmlDevice;
import io.microlith.board.acpi.aml.AmlName;
import io.microlith.board.acpi.aml.AmlString;
import io.microlith.board.acpi.aml.AmlTerm;
import io.microlith.board.acpi.aml.EdgeIrq;
import io.microlith.board.acpi.aml.EisaId;
import io.microlith.board.acpi.aml.ExtendedInterrupt;
import io.microlith.board.acpi.aml.FixedMemory;
import io.microlith.board.acpi.aml.IoPorts;
import io.microlith.board.acpi.aml.Resource;
import io.microlith.board.acpi.aml.ResourceTemplate;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A device the guest cannot find by itself, as an object of the namespace.
 *
 * @param node what it is
 * @param name what it is called
 * @param uid which one of its kind it is
 */
record DeviceNode(FirmwareNode node, String name, int uid) {
    /** An id of the ACPI registry: four letters or digits of a vendor, and a number (section 6.1.5). */
    private static final Pattern ACPI_ID = Pattern.compile("[A-Z0-9]{4}[0-9A-F]{4}");

    private static final int LEGACY_INTERRUPTS = 16;
    private static final int MOST_FEW_PORTS = 255;
    private static final long PORTS = 1L << 16;

    /** Refuses a node that no object can describe. */
    static void check(FirmwareNode node) {
        String id = node.hardwareId();
        if (!EisaId.isValid(id) && !ACPI_ID.matcher(id).matches()) {
            throw new ConfigException(
                    "devices", "no hardware id [id=" + id + "]: 7 characters as in PNP0501, or 8 as in LNRO0005");
        }
        for (AddressRange range : node.pio()) {
            if (range.last() >= PORTS) {
                throw new ConfigException("devices", id + " has ports that do not exist: " + range);
            }
        }
    }

    AmlDevice device() {
        List<AmlTerm> terms = new ArrayList<>();
        terms.add(AmlName.of("_HID", hardwareId()));
        terms.add(AmlName.of("_UID", uid));
        List<Resource> resources = resources();
        if (!resources.isEmpty()) {
            terms.add(AmlName.of("_CRS", new ResourceTemplate(resources)));
        }
        return AmlDevice.of(name, terms);
    }

    private AmlTerm hardwareId() {
        String id = node.hardwareId();
        return EisaId.isValid(id) ? new EisaId(id) : new AmlString(id);
    }

    private List<Resource> resources() {
        List<Resource> resources = new ArrayList<>();
        node.mmio().forEach(range -> resources.add(memory(range)));
        node.pio().forEach(range -> resources.add(ports(range)));
        node.interrupts().forEach(interrupt -> resources.add(interrupt(interrupt)));
        return resources;
    }

    static Resource memory(AddressRange range) {
        boolean low = range.last() < 1L << 32 && range.size() < 1L << 32;
        return low ? new FixedMemory(range.base(), range.size()) : new AddressWindow(Space.MEMORY, Use.CONSUMER, range);
    }

    private static Resource ports(AddressRange range) {
        return range.size() <= MOST_FEW_PORTS
                ? new IoPorts((int) range.base(), (int) range.size())
                : new AddressWindow(Space.PORTS, Use.CONSUMER, range);
    }

    static Resource interrupt(Interrupt interrupt) {
        boolean legacy = interrupt.gsi() < LEGACY_INTERRUPTS && interrupt.trigger() == Trigger.EDGE;
        return legacy ? new EdgeIrq(interrupt.gsi()) : new ExtendedInterrupt(interrupt.gsi(), interrupt.trigger());
    }
}
