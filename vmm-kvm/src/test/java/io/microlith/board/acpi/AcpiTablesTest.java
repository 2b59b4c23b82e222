// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AcpiTablesTest {
    private final TableReader full = TableReader.of(AcpiTables.build(TestPlans.full(), TestPlans.AREA));
    private final TableReader small = TableReader.of(AcpiTables.build(TestPlans.small(), TestPlans.AREA));

    @Test
    void build_fullPlan_hasAllTables() {
        assertThat(full.signatures()).containsExactlyInAnyOrder("XSDT", "FACP", "DSDT", "APIC", "SRAT", "MCFG");
    }

    @Test
    void build_smallPlan_leavesOutWhatIsNotThere() {
        assertThat(small.signatures()).containsExactlyInAnyOrder("XSDT", "FACP", "DSDT", "APIC");
    }

    @Test
    void fadt_registers_areWhereThePlanHasThem() {
        ByteBuffer fadt = full.table("FACP");
        assertThat(fadt.limit()).isEqualTo(276);
        assertThat(fadt.getShort(46)).isEqualTo((short) 9);
        assertThat(fadt.getInt(56)).isEqualTo(0x600);
        assertThat(fadt.getInt(64)).isEqualTo(0x604);
        assertThat(fadt.getInt(76)).isEqualTo(0x608);
        assertThat(fadt.getInt(88)).isEqualTo(0x0400_0204);
        assertThat(fadt.get(108)).isEqualTo((byte) 0x32);
        assertThat(hex(fadt, 116, 13)).isEqualTo("01080001" + "f90c000000000000" + "06");
        assertThat(hex(fadt, 148, 12)).isEqualTo("01200002" + "0006000000000000");
        assertThat(hex(fadt, 172, 12)).isEqualTo("01100002" + "0406000000000000");
        assertThat(hex(fadt, 208, 12)).isEqualTo("01200003" + "0806000000000000");
    }

    @Test
    void fadt_features_areFlags() {
        assertThat(full.table("FACP").getShort(109)).isEqualTo((short) 0x07);
        assertThat(full.table("FACP").getInt(112)).isEqualTo(0x565);
        assertThat(small.table("FACP").getShort(109)).isEqualTo((short) 0x24);
        assertThat(small.table("FACP").getInt(112)).isEqualTo(0x475);
    }

    @Test
    void fadt_noTimer_saysSo() {
        ByteBuffer fadt = small.table("FACP");
        assertThat(fadt.getInt(76)).isZero();
        assertThat(fadt.get(91)).isZero();
        assertThat(hex(fadt, 208, 12)).isEqualTo("00".repeat(12));
        assertThat(fadt.get(108)).isZero();
    }

    @Test
    void madt_entries_areThePlans() {
        assertThat(hex(full.table("APIC"), 36))
                .isEqualTo("0000e0fe" + "01000000"
                        + "0008" + "0000" + "01000000"
                        + "0008" + "0101" + "01000000"
                        + "0910" + "0000" + "2c010000" + "01000000" + "02000000"
                        + "010c" + "0000" + "0000c0fe" + "00000000"
                        + "020a" + "0000" + "02000000" + "0000"
                        + "020a" + "0009" + "09000000" + "0d00"
                        + "0406" + "ff" + "0000" + "01"
                        + "0a0c" + "0000" + "ffffffff" + "01" + "000000");
    }

    @Test
    void madt_manyProcessors_takeTheWideFormOnceTheNarrowOneIsFull() {
        List<Processor> processors = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            processors.add(new Processor(i, 0));
        }
        ByteBuffer madt = TableReader.of(AcpiTables.build(with(processors), TestPlans.AREA))
                .table("APIC");
        assertThat(hex(madt, 44 + 254 * 8, 8 + 16))
                .isEqualTo("0008fefe01000000" + "09100000" + "ff000000" + "01000000ff000000");
    }

    @Test
    void srat_entries_areThePlans() {
        assertThat(hex(full.table("SRAT"), 36))
                .isEqualTo("01000000" + "0000000000000000"
                        + "0010" + "0000" + "01000000" + "00000000" + "00000000"
                        + "0010" + "0101" + "01000000" + "00000000" + "00000000"
                        + "0218" + "0000" + "01000000" + "2c010000" + "01000000" + "0000000000000000"
                        + "0128" + "00000000" + "0000" + "0000000000000000" + "000000c000000000" + "00000000"
                        + "01000000" + "0000000000000000"
                        + "0128" + "01000000" + "0000" + "0000000001000000" + "0000004000000000" + "00000000"
                        + "03000000" + "0000000000000000");
    }

    @Test
    void mcfg_entry_isThePlans() {
        assertThat(hex(full.table("MCFG"), 36))
                .isEqualTo("0000000000000000" + "000000e000000000" + "0000" + "00" + "00" + "00000000");
    }

    @Test
    void dsdt_objects_areThePlans() {
        Map<String, Object> objects = objects(full);
        assertThat(objects)
                .containsKeys("\\_S5_", "\\_SB_.PCI0._CRS", "\\_SB_.PCI0._OSC", "\\_SB_.MBRD._CRS")
                .containsEntry("\\_SB_.C002._UID", 2L)
                .containsEntry("\\_SB_.D000._HID", 0x0105_d041L)
                .containsEntry("\\_SB_.D001._UID", 1L)
                .containsEntry("\\_SB_.D004._HID", "LNRO0005")
                .containsEntry("\\_SB_.D004._UID", 0L)
                .doesNotContainKey("\\_SB_.D005._CRS");
        assertThat((Object[]) objects.get("\\_S5_")).containsExactly(5L, 5L, 0L, 0L);
    }

    @Test
    void dsdt_generation_saysWhereItIsAndWhatTellsOfIt() {
        Map<String, Object> objects = objects(full);
        assertThat(objects)
                .containsEntry("\\_SB_.VGEN._CID", "VM_Gen_Counter")
                .containsEntry("\\_SB_.VGEN._DDN", "VM_Gen_Counter")
                .containsEntry("\\_SB_.GED0._HID", "ACPI0013")
                .containsEntry("\\_SB_.GED0._EVT", "method");
        assertThat((Object[]) objects.get("\\_SB_.VGEN.ADDR")).containsExactly(0xf_f000L, 1L);
        assertThat(HexFormat.of().formatHex((byte[]) objects.get("\\_SB_.GED0._CRS")))
                .isEqualTo("220020" + "7900");
    }

    @Test
    void dsdt_smallPlan_hasProcessorAndSoftOffOnly() {
        assertThat(objects(small)).containsOnlyKeys("\\_S5_", "\\_SB_.C000", "\\_SB_.C000._HID", "\\_SB_.C000._UID");
    }

    @Test
    void dsdt_routing_goesByDeviceAndPin() {
        Object[] routes = (Object[]) objects(full).get("\\_SB_.PCI0._PRT");
        assertThat(routes).hasSize(128);
        assertThat((Object[]) routes[0]).containsExactly(0xffffL, 0L, 0L, 16L);
        assertThat((Object[]) routes[4 * 31 + 3]).containsExactly(0x1f_ffffL, 3L, 0L, 18L);
    }

    @Test
    void dsdt_node_hasItsResources() {
        assertThat(HexFormat.of().formatHex((byte[]) objects(full).get("\\_SB_.D000._CRS")))
                .isEqualTo("4701f803f8030108" + "221000" + "7900");
    }

    @Test
    void build_areaTooSmall_isAnErrorThatSaysHowMuch() {
        assertThatThrownBy(() -> AcpiTables.build(TestPlans.full(), new AddressRange(0xe_0000, 1024)))
                .isInstanceOf(ConfigException.class)
                .hasMessageMatching("acpi: the tables take \\d+ bytes and there is room for 1024 at 0xe0000-0xe03ff.*");
    }

    @Test
    void build_areaFits_exactly() {
        int size = AcpiTables.build(TestPlans.full(), TestPlans.AREA).bytes().length;
        AddressRange exact = new AddressRange(0xe_0000, size);
        assertThat(AcpiTables.build(TestPlans.full(), exact).bytes()).hasSize(size);
        AddressRange less = new AddressRange(0xe_0000, size - 1);
        assertThatThrownBy(() -> AcpiTables.build(TestPlans.full(), less)).isInstanceOf(ConfigException.class);
    }

    @Test
    void build_areaOutOfPlace_isRefused() {
        assertThatThrownBy(() -> AcpiTables.build(TestPlans.small(), new AddressRange(0xe_0010, 0x1000)))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> AcpiTables.build(TestPlans.small(), new AddressRange(0xffff_0000L, 0x2_0000)))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void writeTo_memory_putsTheBytesAtTheirAddress() {
        try (Arena arena = Arena.ofShared()) {
            GuestMemory memory = new RegionMemory(List.of(GuestRegion.anonymous(0, arena.allocate(1 << 20, 4096))));
            AcpiImage image = AcpiTables.build(TestPlans.small(), TestPlans.AREA);
            image.writeTo(memory);
            byte[] written = new byte[image.bytes().length];
            memory.read(image.address(), written, 0, written.length);
            assertThat(written).isEqualTo(image.bytes());
            assertThat(memory.getLong(image.rsdpAddress())).isEqualTo(0x2052_5450_2044_5352L);
        }
    }

    @Test
    void fixedHardware_wideTimer_isAFlag() {
        FixedHardware hardware = TestPlans.hardware(OptionalInt.of(0x608), Set.of(FixedHardware.Feature.WIDE_TIMER));
        assertThat(hardware.has(FixedHardware.Feature.WIDE_TIMER)).isTrue();
        assertThat(hardware.has(FixedHardware.Feature.POWER_BUTTON)).isFalse();
    }

    private static AcpiPlan with(List<Processor> processors) {
        AcpiPlan plan = TestPlans.small();
        return new AcpiPlan(
                processors,
                plan.memory(),
                plan.interrupts(),
                plan.hardware(),
                plan.pci(),
                plan.generation(),
                plan.nodes());
    }

    private static Map<String, Object> objects(TableReader tables) {
        ByteBuffer dsdt = tables.table("DSDT");
        byte[] aml = new byte[dsdt.limit() - AcpiTable.HEADER_SIZE];
        dsdt.get(AcpiTable.HEADER_SIZE, aml);
        return AmlWalker.walk(aml);
    }

    private static String hex(ByteBuffer table, int offset) {
        return hex(table, offset, table.limit() - offset);
    }

    private static String hex(ByteBuffer table, int offset, int length) {
        byte[] bytes = new byte[length];
        table.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
