// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static io.microlith.board.acpi.aml.AmlVariable.ARG0;
import static io.microlith.board.acpi.aml.AmlVariable.ARG1;
import static io.microlith.board.acpi.aml.AmlVariable.ARG3;
import static io.microlith.board.acpi.aml.AmlVariable.LOCAL0;

import io.microlith.board.acpi.aml.AddressWindow;
import io.microlith.board.acpi.aml.AddressWindow.Space;
import io.microlith.board.acpi.aml.AddressWindow.Use;
import io.microlith.board.acpi.aml.AmlBuffer;
import io.microlith.board.acpi.aml.AmlDevice;
import io.microlith.board.acpi.aml.AmlIf;
import io.microlith.board.acpi.aml.AmlInteger;
import io.microlith.board.acpi.aml.AmlMethod;
import io.microlith.board.acpi.aml.AmlName;
import io.microlith.board.acpi.aml.AmlOperation;
import io.microlith.board.acpi.aml.AmlPackage;
import io.microlith.board.acpi.aml.AmlTerm;
import io.microlith.board.acpi.aml.EisaId;
import io.microlith.board.acpi.aml.IoPorts;
import io.microlith.board.acpi.aml.NamePath;
import io.microlith.board.acpi.aml.Resource;
import io.microlith.board.acpi.aml.ResourceTemplate;
import io.microlith.board.pci.PciHostBridge;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciPin;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The PCI host bridge as objects of the namespace: the bridge itself, and a motherboard device that keeps its
 * memory-mapped configuration space, so that the guest gives these addresses to nothing else and trusts them.
 *
 * @param root what there is
 */
record PciRootNode(PciRoot root) {
    private static final int DEVICES = 32;
    private static final List<PciPin> PINS = List.of(PciPin.A, PciPin.B, PciPin.C, PciPin.D);
    /** An address in a routing table: the device in the high half, all functions in the low one. */
    private static final int ALL_FUNCTIONS = 0xffff;

    /** What {@code _OSC} is called with for a PCI host bridge (section 6.2.11.3 of the ACPI specification). */
    private static final UUID HOST_BRIDGE = UUID.fromString("33db4d5b-1ff7-401c-9657-7441c03dd766");

    private static final int OSC_REVISION = 1;
    private static final int UNKNOWN_UUID = 1 << 2;
    private static final int UNKNOWN_REVISION = 1 << 3;
    private static final int REQUEST_CUT = 1 << 4;
    /** Hot plug, power events, error reporting and the capability structure of PCI Express. */
    private static final int GRANTED = 0x1d;

    List<AmlTerm> terms() {
        List<AmlTerm> terms = new ArrayList<>();
        terms.add(bridge());
        root.ecam().ifPresent(ecam -> terms.add(motherboard(ecam)));
        return terms;
    }

    private AmlTerm bridge() {
        return AmlDevice.of(
                "PCI0",
                List.of(
                        AmlName.of("_HID", new EisaId("PNP0A08")),
                        AmlName.of("_CID", new EisaId("PNP0A03")),
                        AmlName.of("_UID", 0),
                        AmlName.of("_SEG", 0),
                        AmlName.of("_BBN", 0),
                        AmlName.of("_CRS", new ResourceTemplate(windows())),
                        AmlName.of("_PRT", new AmlPackage(routing())),
                        control()));
    }

    private List<Resource> windows() {
        List<Resource> resources = new ArrayList<>();
        AddressRange buses = new AddressRange(0, root.lastBus() + 1L);
        resources.add(new AddressWindow(Space.BUSES, Use.PRODUCER, buses));
        AddressRange config = PciHostBridge.CONFIG_PORTS;
        resources.add(new IoPorts((int) config.base(), (int) config.size()));
        for (AddressRange range : root.windows().ports()) {
            resources.add(new AddressWindow(Space.PORTS, Use.PRODUCER, range));
        }
        for (AddressRange range : root.windows().memory()) {
            resources.add(new AddressWindow(Space.MEMORY, Use.PRODUCER, range));
        }
        return resources;
    }

    /** Which input each pin of each device is wired to (section 6.2.13); the zero says that there is no switch. */
    private List<AmlTerm> routing() {
        List<AmlTerm> entries = new ArrayList<>();
        for (int device = 0; device < DEVICES; device++) {
            for (int pin = 0; pin < PINS.size(); pin++) {
                int gsi = root.routing()
                        .interrupt(PciAddress.ofDevice(device), PINS.get(pin))
                        .gsi();
                entries.add(AmlPackage.of(
                        new AmlInteger((long) device << 16 | ALL_FUNCTIONS),
                        new AmlInteger(pin),
                        AmlInteger.ZERO,
                        new AmlInteger(gsi)));
            }
        }
        return entries;
    }

    /** Lets the guest's own drivers run what PCI Express offers; without this method guests leave it to firmware. */
    private static AmlTerm control() {
        NamePath status = new NamePath("STAT");
        NamePath request = new NamePath("REQD");
        List<AmlTerm> known = List.of(
                AmlOperation.createDwordField(ARG3, 8, request),
                AmlOperation.and(request, new AmlInteger(GRANTED), LOCAL0),
                new AmlIf(
                        AmlOperation.notEqual(ARG1, new AmlInteger(OSC_REVISION)),
                        List.of(flag(status, UNKNOWN_REVISION)),
                        List.of()),
                new AmlIf(AmlOperation.notEqual(LOCAL0, request), List.of(flag(status, REQUEST_CUT)), List.of()),
                AmlOperation.store(LOCAL0, request));
        return new AmlMethod(
                new NamePath("_OSC"),
                4,
                List.of(
                        AmlOperation.createDwordField(ARG3, 0, status),
                        new AmlIf(
                                AmlOperation.equal(ARG0, AmlBuffer.of(HOST_BRIDGE)),
                                known,
                                List.of(flag(status, UNKNOWN_UUID))),
                        AmlOperation.giveBack(ARG3)));
    }

    private static AmlTerm flag(NamePath field, int bit) {
        return AmlOperation.or(field, new AmlInteger(bit), field);
    }

    private static AmlTerm motherboard(AddressRange ecam) {
        return AmlDevice.of(
                "MBRD",
                List.of(
                        AmlName.of("_HID", new EisaId("PNP0C02")),
                        AmlName.of("_UID", 0),
                        AmlName.of("_CRS", ResourceTemplate.of(DeviceNode.memory(ecam)))));
    }
}
