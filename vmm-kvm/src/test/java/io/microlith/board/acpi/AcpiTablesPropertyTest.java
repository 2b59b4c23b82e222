// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.pci.IntxRouting;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

class AcpiTablesPropertyTest {
    @Property(tries = 300)
    void build_anyNumbers_makeSoundTablesOrADocumentedError(@ForAll Random random) {
        AnyPlan any = new AnyPlan(random::nextLong);
        Optional<AcpiImage> image = Optional.empty();
        try {
            image = Optional.of(AcpiTables.build(any.plan(), any.area()));
        } catch (ConfigException | IllegalArgumentException e) {
            assertThat(e).message().isNotBlank();
        }
        image.ifPresent(built -> {
            assertThat(TableReader.of(built).signatures()).contains("DSDT", "FACP", "APIC");
            assertThat(AmlWalker.walk(aml(built))).containsKey("\\_S5_");
        });
        Statistics.label("built").collect(image.isPresent()).coverage(coverage -> {
            coverage.check(true).percentage(percentage -> percentage > 20);
            coverage.check(false).percentage(percentage -> percentage > 5);
        });
    }

    @Property(tries = 100)
    void build_anyWorkingPlan_isSound(
            @ForAll @IntRange(min = 1, max = 600) int processors, @ForAll("nodes") List<FirmwareNode> nodes) {
        AcpiPlan plan = plan(processors, nodes);
        AcpiImage image = AcpiTables.build(plan, TestPlans.AREA);
        assertThat((long) image.bytes().length).isLessThanOrEqualTo(TestPlans.AREA.size());
        TableReader tables = TableReader.of(image);
        assertThat(entries(tables.table("APIC"), 44)).isEqualTo(processors + 4 + (processors > 255 ? 1 : 0));
        Map<String, Object> objects = AmlWalker.walk(aml(image));
        for (int i = 0; i < processors; i++) {
            assertThat(objects).containsEntry("\\_SB_.C%03X._UID".formatted(i), (long) i);
        }
        for (int i = 0; i < nodes.size(); i++) {
            assertThat(objects).containsKey("\\_SB_.D%03X._HID".formatted(i));
        }
    }

    @Property(tries = 100)
    void build_anyAreaSize_fitsOrSaysSo(@ForAll @IntRange(min = 1, max = 5000) int size) {
        AddressRange area = new AddressRange(0xe_0000, size);
        int needed = AcpiTables.build(TestPlans.full(), TestPlans.AREA).bytes().length;
        boolean fits;
        try {
            fits = AcpiTables.build(TestPlans.full(), area).bytes().length == needed;
        } catch (ConfigException _) {
            fits = false;
        }
        assertThat(fits).isEqualTo(needed <= size);
    }

    @Provide
    Arbitrary<List<FirmwareNode>> nodes() {
        Arbitrary<AddressRange> memory = Combinators.combine(
                        Arbitraries.longs().between(0, 1L << 50),
                        Arbitraries.longs().between(1, 1L << 40))
                .as(AddressRange::new);
        Arbitrary<AddressRange> ports = Combinators.combine(
                        Arbitraries.longs().between(0, 0xf000),
                        Arbitraries.longs().between(1, 0x1000))
                .as(AddressRange::new);
        Arbitrary<Interrupt> interrupts = Combinators.combine(
                        Arbitraries.integers().between(0, 23), Arbitraries.of(Trigger.values()))
                .as(Interrupt::new);
        return Combinators.combine(
                        Arbitraries.of("PNP0501", "LNRO0005", "QEMU0001"),
                        memory.list().ofMaxSize(4),
                        ports.list().ofMaxSize(4),
                        interrupts.list().ofMaxSize(4))
                .as(FirmwareNode::new)
                .list()
                .ofMaxSize(40);
    }

    private static AcpiPlan plan(int count, List<FirmwareNode> nodes) {
        List<Processor> processors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processors.add(new Processor(i, 0));
        }
        PciRoot root = new PciRoot(Optional.empty(), new PciWindows(List.of(), List.of()), IntxRouting.afterLegacy());
        AcpiPlan small = TestPlans.small();
        return new AcpiPlan(
                processors,
                small.memory(),
                small.interrupts(),
                small.hardware(),
                Optional.of(root),
                small.generation(),
                nodes);
    }

    /** Counts structures that begin with a type and a length, to the very end of a table. */
    private static int entries(ByteBuffer table, int first) {
        int count = 0;
        int offset = first;
        while (offset < table.limit()) {
            assertThat(table.get(offset + 1)).isPositive();
            offset += table.get(offset + 1);
            count++;
        }
        assertThat(offset).isEqualTo(table.limit());
        return count;
    }

    private static byte[] aml(AcpiImage image) {
        ByteBuffer dsdt = TableReader.of(image).table("DSDT");
        byte[] aml = new byte[dsdt.limit() - AcpiTable.HEADER_SIZE];
        dsdt.get(AcpiTable.HEADER_SIZE, aml);
        return aml;
    }
}
