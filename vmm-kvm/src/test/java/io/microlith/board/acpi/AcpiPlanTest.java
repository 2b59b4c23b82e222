// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.board.acpi.MemoryAffinity.Plug;
import io.microlith.board.pci.IntxRouting;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AcpiPlanTest {
    @Test
    void processors_noneOrTooMany_areRefused() {
        refused(() -> plan(List.of(), List.of(), List.of()), "0 processors: ACPI tables take 1 to 4096");
        List<Processor> many = new ArrayList<>();
        for (int i = 0; i < 4097; i++) {
            many.add(new Processor(i, 0));
        }
        refused(() -> plan(many, List.of(), List.of()), "4097 processors");
    }

    @Test
    void processors_oneIdTwice_isRefused() {
        List<Processor> twice = List.of(new Processor(3, 0), new Processor(3, 1));
        refused(() -> plan(twice, List.of(), List.of()), "two processors have the APIC id 3");
    }

    @Test
    void numbers_negative_areRefused() {
        refused(() -> new Processor(-1, 0), "apicId=-1");
        refused(() -> new Processor(0, -1), "domain=-1");
        refused(() -> new MemoryAffinity(new AddressRange(0, 1), -1, Plug.FIXED), "domain=-1");
    }

    @Test
    void memory_overlapping_isRefused() {
        List<MemoryAffinity> memory = List.of(
                new MemoryAffinity(new AddressRange(0x1000, 0x1000), 0, Plug.FIXED),
                new MemoryAffinity(new AddressRange(0, 0x1001), 0, Plug.FIXED));
        refused(() -> plan(List.of(new Processor(0, 0)), memory, List.of()), "overlap");
    }

    @Test
    void node_idThatIsNone_isRefused() {
        for (String id : List.of("", "PNP05", "lnro0005", "TOO-LONG", "QEMUVGID", "LNRO00055")) {
            refused(() -> withNode(new FirmwareNode(id, List.of(), List.of(), List.of())), "no hardware id");
        }
    }

    @Test
    void node_portsThatDoNotExist_areRefused() {
        refused(
                () -> withNode(new FirmwareNode("PNP0501", List.of(), List.of(new AddressRange(0xffff, 2)), List.of())),
                "ports that do not exist");
    }

    @Test
    void nodes_tooMany_areRefused() {
        FirmwareNode node = new FirmwareNode("PNP0501", List.of(), List.of(), List.of());
        List<FirmwareNode> many = Collections.nCopies(4097, node);
        refused(() -> plan(List.of(new Processor(0, 0)), List.of(), many), "4097 devices");
    }

    @Test
    void interruptControllers_outOfReach_areRefused() {
        InterruptControllers.Legacy legacy = InterruptControllers.Legacy.ABSENT;
        refused(() -> new InterruptControllers(1L << 32, 0xfec0_0000L, 0, legacy, List.of()), "no such APIC");
        refused(() -> new InterruptControllers(0xfee0_0000L, 0xfec0_0010L, 0, legacy, List.of()), "no such APIC");
        refused(() -> new InterruptControllers(0xfee0_0000L, 0xfec0_0000L, 256, legacy, List.of()), "no such APIC");
        List<InterruptOverride> twice = List.of(InterruptOverride.level(9), InterruptOverride.level(9));
        refused(
                () -> new InterruptControllers(0xfee0_0000L, 0xfec0_0000L, 0, legacy, twice),
                "interrupt 9 has two overrides");
        refused(() -> InterruptOverride.level(16), "no legacy interrupt");
    }

    @Test
    void hardware_thatCannotBe_isRefused() {
        FixedHardware.Ports ports = new FixedHardware.Ports(0x600, 0x604, OptionalInt.empty());
        FixedHardware.ResetPort reset = new FixedHardware.ResetPort(0xcf9, 6);
        refused(() -> new FixedHardware(ports, 16, 5, reset, Set.of()), "systemControl=16");
        refused(() -> new FixedHardware(ports, 9, 8, reset, Set.of()), "sleepType=8");
        refused(() -> new FixedHardware.ResetPort(0xcf9, 256), "8 bits");
        refused(() -> new FixedHardware.ResetPort(0x10000, 6), "no register at port");
        refused(() -> new FixedHardware.Ports(0, 0x604, OptionalInt.empty()), "no register at port 0x0");
        refused(() -> new FixedHardware.Ports(0xfffd, 0x604, OptionalInt.empty()), "no register at port 0xfffd");
    }

    @Test
    void pci_configurationSpaceThatIsNoBuses_isRefused() {
        refused(() -> root(new AddressRange(0xe000_0000L, 0x1000)), "no memory-mapped configuration space");
        refused(() -> root(new AddressRange(0xe000_1000L, 1 << 20)), "no memory-mapped configuration space");
        refused(() -> root(new AddressRange(1L << 32, 1 << 20)), "no memory-mapped configuration space");
        refused(() -> root(new AddressRange(0xc000_0000L, 257L << 20)), "no memory-mapped configuration space");
        assertThat(root(new AddressRange(0xc000_0000L, 256L << 20)).lastBus()).isEqualTo(255);
    }

    private static PciRoot root(AddressRange ecam) {
        return new PciRoot(Optional.of(ecam), TestPlans.windows(), IntxRouting.afterLegacy());
    }

    private static AcpiPlan withNode(FirmwareNode node) {
        return plan(List.of(new Processor(0, 0)), List.of(), List.of(node));
    }

    @Test
    void generation_whereNoDriverTakesIt_isRefused() {
        Interrupt interrupt = new Interrupt(13, Trigger.EDGE);

        assertThatIllegalArgumentException().isThrownBy(() -> new GenerationCounter(-8, interrupt));
        assertThatIllegalArgumentException().isThrownBy(() -> new GenerationCounter(12, interrupt));
    }

    private static AcpiPlan plan(List<Processor> processors, List<MemoryAffinity> memory, List<FirmwareNode> nodes) {
        AcpiPlan small = TestPlans.small();
        return new AcpiPlan(
                processors, memory, small.interrupts(), small.hardware(), small.pci(), small.generation(), nodes);
    }

    private static void refused(ThrowingCallable making, String because) {
        assertThatThrownBy(making).isInstanceOf(ConfigException.class).hasMessageContaining(because);
    }
}
