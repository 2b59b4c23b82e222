// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.board.acpi.FixedHardware.Feature;
import io.microlith.board.acpi.MemoryAffinity.Plug;
import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Plans that tests start from. */
final class TestPlans {
    static final AddressRange AREA = new AddressRange(0xe_0000, 0x2_0000);

    private TestPlans() {}

    /** A board with everything. */
    static AcpiPlan full() {
        return new AcpiPlan(
                List.of(new Processor(0, 0), new Processor(1, 1), new Processor(300, 1)),
                List.of(
                        new MemoryAffinity(new AddressRange(0, 3L << 30), 0, Plug.FIXED),
                        new MemoryAffinity(new AddressRange(1L << 32, 1L << 30), 1, Plug.HOT_PLUGGABLE)),
                InterruptControllers.ofPc(0, 9),
                hardware(OptionalInt.of(0x608), Set.of(Feature.values())),
                Optional.of(new PciRoot(
                        Optional.of(new AddressRange(0xe000_0000L, 1 << 20)), windows(), IntxRouting.afterLegacy())),
                Optional.of(new GenerationCounter(0x1_000f_f000L, new Interrupt(13, Trigger.EDGE))),
                List.of(
                        node("PNP0501", List.of(), List.of(new AddressRange(0x3f8, 8)), new Interrupt(4, Trigger.EDGE)),
                        node("PNP0501", List.of(), List.of(new AddressRange(0x2f8, 8)), new Interrupt(3, Trigger.EDGE)),
                        node("PNP0B00", List.of(), List.of(new AddressRange(0x70, 2)), new Interrupt(8, Trigger.EDGE)),
                        node("QEMU0001", List.of(), List.of(new AddressRange(0x505, 1))),
                        node(
                                "LNRO0005",
                                List.of(new AddressRange(0xd000_0000L, 0x1000), new AddressRange(1L << 33, 1L << 33)),
                                List.of(new AddressRange(0x2000, 0x1000)),
                                new Interrupt(20, Trigger.EDGE),
                                new Interrupt(5, Trigger.LEVEL)),
                        node("MLTH0001", List.of(), List.of())));
    }

    /** A board with as little as there can be. */
    static AcpiPlan small() {
        return new AcpiPlan(
                List.of(new Processor(0, 0)),
                List.of(),
                InterruptControllers.ofPc(0, 9),
                hardware(OptionalInt.empty(), Set.of()),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    static FixedHardware hardware(OptionalInt timer, Set<Feature> features) {
        return new FixedHardware(
                new FixedHardware.Ports(0x600, 0x604, timer), 9, 5, new FixedHardware.ResetPort(0xcf9, 6), features);
    }

    static PciWindows windows() {
        return new PciWindows(
                List.of(new AddressRange(0xc000, 0x4000)),
                List.of(new AddressRange(0xc000_0000L, 0x1000_0000), new AddressRange(1L << 36, 1L << 36)));
    }

    private static FirmwareNode node(
            String id, List<AddressRange> mmio, List<AddressRange> pio, Interrupt... interrupts) {
        return new FirmwareNode(id, mmio, pio, List.of(interrupts));
    }
}
