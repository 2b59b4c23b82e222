// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.acpi.AcpiImage;
import io.microlith.board.acpi.AcpiPlan;
import io.microlith.board.acpi.AcpiTables;
import io.microlith.board.acpi.FixedHardware;
import io.microlith.board.acpi.GenerationCounter;
import io.microlith.board.acpi.InterruptControllers;
import io.microlith.board.acpi.PciRoot;
import io.microlith.board.acpi.Processor;
import io.microlith.board.generation.GenerationDevice;
import io.microlith.board.legacy.I8042Device;
import io.microlith.board.legacy.PowerManagementDevice;
import io.microlith.board.legacy.ResetControl;
import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.device.FirmwareNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the firmware of a real PC would say about this one. Any thread.
 *
 * <p>Keeps the tables it made last: the next machine is often the like of it.
 */
final class PcFirmware {
    /** Linux takes ids of I/O APICs as they are if no local APIC has the same. */
    private static final int FIRST_IO_APIC_ID = 0;

    /**
     * What machines of one board differ in, as far as tables say.
     *
     * @param windows where BARs can be, if there is a PCI bus
     * @param nodes the devices that a guest cannot find by itself
     */
    private record Machine(int vcpus, Optional<PciWindows> windows, List<FirmwareNode> nodes) {}

    private record Made(Machine machine, AcpiImage image) {}

    private final Set<PcPart> parts;
    private volatile @Nullable Made last;

    /** Of a board with some parts. */
    PcFirmware(Set<PcPart> parts) {
        this.parts = parts;
    }

    /**
     * Makes the tables.
     *
     * @param windows where BARs can be, if there is a PCI bus
     * @param nodes the devices that a guest cannot find by itself
     */
    AcpiImage tables(int vcpus, Optional<PciWindows> windows, List<FirmwareNode> nodes) {
        Machine machine = new Machine(vcpus, windows, List.copyOf(nodes));
        Made made = last;
        if (made == null || !made.machine().equals(machine)) {
            made = new Made(machine, AcpiTables.build(plan(machine), PcLayout.TABLES));
            last = made;
        }
        return made.image();
    }

    private AcpiPlan plan(Machine machine) {
        return new AcpiPlan(
                IntStream.range(0, machine.vcpus())
                        .mapToObj(id -> new Processor(id, 0))
                        .toList(),
                List.of(),
                InterruptControllers.ofPc(FIRST_IO_APIC_ID, PowerManagementDevice.SCI),
                hardware(),
                machine.windows().map(PcFirmware::pciRoot),
                generation(),
                machine.nodes());
    }

    private static PciRoot pciRoot(PciWindows windows) {
        return new PciRoot(Optional.of(PcLayout.ECAM), windows, IntxRouting.afterLegacy());
    }

    private Optional<GenerationCounter> generation() {
        return parts.contains(PcPart.GENERATION)
                ? Optional.of(new GenerationCounter(PcLayout.GENERATION.base(), GenerationDevice.INTERRUPT))
                : Optional.empty();
    }

    /** The better register is among PCI's ports. */
    private FixedHardware.ResetPort resetPort() {
        return parts.contains(PcPart.PCI)
                ? new FixedHardware.ResetPort(ResetControl.PORT, ResetControl.RESET_VALUE)
                : new FixedHardware.ResetPort(I8042Device.COMMAND_PORT, I8042Device.PULSE_RESET);
    }

    private Set<FixedHardware.Feature> features() {
        Set<FixedHardware.Feature> features = EnumSet.of(
                FixedHardware.Feature.LEGACY_DEVICES,
                FixedHardware.Feature.POWER_BUTTON,
                FixedHardware.Feature.WIDE_TIMER);
        if (parts.contains(PcPart.CLOCK)) {
            features.add(FixedHardware.Feature.REAL_TIME_CLOCK);
        }
        return features;
    }

    private FixedHardware hardware() {
        return new FixedHardware(
                new FixedHardware.Ports(
                        PowerManagementDevice.EVENT_PORT,
                        PowerManagementDevice.CONTROL_PORT,
                        parts.contains(PcPart.TIMER)
                                ? OptionalInt.of(PowerManagementDevice.TIMER_PORT)
                                : OptionalInt.empty()),
                PowerManagementDevice.SCI,
                PowerManagementDevice.SLEEP_TYPE_OFF,
                resetPort(),
                features());
    }
}
