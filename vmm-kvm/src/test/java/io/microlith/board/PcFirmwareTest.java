// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.board.legacy.PowerManagementDevice;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.memory.Size;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PcFirmwareTest {
    private static final Optional<PciWindows> WINDOWS = Optional.of(PcLayout.pciWindows(Size.mebibytes(256), 39));

    /** ACPI 6.5, table 5.11. */
    private static final int CMOS_CLOCK_ABSENT = 1 << 5;

    private final PcFirmware firmware = new PcFirmware(EnumSet.allOf(PcPart.class));

    private static List<FirmwareNode> device() {
        return List.of(
                new FirmwareNode("LNRO0005", List.of(new AddressRange(0xd000_0000L, 512)), List.of(), List.of()));
    }

    @Test
    void tables_samePlanAgain_areMadeOnce() {
        assertThat(firmware.tables(1, WINDOWS, device())).isSameAs(firmware.tables(1, WINDOWS, device()));
    }

    @Test
    void tables_anotherPlanInBetween_areThoseOfThePlan() {
        byte[] one = firmware.tables(1, WINDOWS, List.of()).bytes();
        byte[] two = firmware.tables(2, WINDOWS, List.of()).bytes();
        byte[] withDevice = firmware.tables(1, WINDOWS, device()).bytes();

        assertThat(two).isNotEqualTo(one);
        assertThat(withDevice).isNotEqualTo(one);
        assertThat(firmware.tables(1, WINDOWS, List.of()).bytes()).isEqualTo(one);
    }

    @Test
    void tables_boardWithoutPci_sayNothingOfIt() {
        PcFirmware lean = new PcFirmware(EnumSet.of(PcPart.TIMER));

        assertThat(text(firmware.tables(1, WINDOWS, List.of()).bytes())).contains("MCFG", "PCI0");
        assertThat(text(lean.tables(1, Optional.empty(), List.of()).bytes()))
                .contains("FACP", "ACPI0007")
                .doesNotContain("MCFG", "PCI0");
    }

    @Test
    void tables_boardWithoutTimers_haveNoTimerOfAcpis() {
        PcFirmware lean = new PcFirmware(EnumSet.noneOf(PcPart.class));

        assertThat(timerPort(firmware.tables(1, WINDOWS, List.of()).bytes()))
                .isEqualTo(PowerManagementDevice.TIMER_PORT);
        assertThat(timerPort(lean.tables(1, Optional.empty(), List.of()).bytes()))
                .isZero();
    }

    @Test
    void tables_boardWithoutClock_sayThatThereIsNone() {
        PcFirmware lean = new PcFirmware(EnumSet.noneOf(PcPart.class));

        assertThat(bootFlags(firmware.tables(1, WINDOWS, List.of()).bytes()) & CMOS_CLOCK_ABSENT)
                .isZero();
        assertThat(bootFlags(lean.tables(1, Optional.empty(), List.of()).bytes()) & CMOS_CLOCK_ABSENT)
                .isNotZero();
    }

    @Test
    void tables_boardWithGeneration_sayWhereItIs() {
        PcFirmware lean = new PcFirmware(EnumSet.noneOf(PcPart.class));

        assertThat(text(firmware.tables(1, WINDOWS, List.of()).bytes())).contains("VM_Gen_Counter", "ACPI0013");
        assertThat(text(lean.tables(1, Optional.empty(), List.of()).bytes()))
                .doesNotContain("VM_Gen_Counter", "ACPI0013");
    }

    /** The FADT's IAPC_BOOT_ARCH, at its offset 109. */
    private static int bootFlags(byte[] tables) {
        return ByteBuffer.wrap(tables)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getShort(text(tables).indexOf("FACP") + 109);
    }

    /** The FADT's PM_TMR_BLK, at its offset 76. */
    private static int timerPort(byte[] tables) {
        return ByteBuffer.wrap(tables)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(text(tables).indexOf("FACP") + 76);
    }

    private static String text(byte[] tables) {
        return new String(tables, StandardCharsets.ISO_8859_1);
    }
}
