// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.FirmwareNode;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PcFirmwareTest {
    private final PcFirmware firmware = new PcFirmware(EnumSet.allOf(PcPart.class));

    private static List<FirmwareNode> device() {
        return List.of(
                new FirmwareNode("LNRO0005", List.of(new AddressRange(0xd000_0000L, 512)), List.of(), List.of()));
    }

    @Test
    void tables_samePlanAgain_areMadeOnce() {
        assertThat(firmware.tables(1, device())).isSameAs(firmware.tables(1, device()));
    }

    @Test
    void tables_anotherPlanInBetween_areThoseOfThePlan() {
        byte[] one = firmware.tables(1, List.of()).bytes();
        byte[] two = firmware.tables(2, List.of()).bytes();
        byte[] withDevice = firmware.tables(1, device()).bytes();

        assertThat(two).isNotEqualTo(one);
        assertThat(withDevice).isNotEqualTo(one);
        assertThat(firmware.tables(1, List.of()).bytes()).isEqualTo(one);
    }

    @Test
    void tables_boardWithoutPci_sayNothingOfIt() {
        PcFirmware lean = new PcFirmware(EnumSet.of(PcPart.TIMER));

        assertThat(text(firmware.tables(1, List.of()).bytes())).contains("MCFG", "PCI0");
        assertThat(text(lean.tables(1, List.of()).bytes()))
                .contains("FACP", "ACPI0007")
                .doesNotContain("MCFG", "PCI0");
    }

    private static String text(byte[] tables) {
        return new String(tables, StandardCharsets.ISO_8859_1);
    }
}
