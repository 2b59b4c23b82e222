// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootLayoutTest {
    private static final int LARGEST_MAP_ENTRY = 24;

    @Test
    void structures_ofOneBoot_doNotOverlap() {
        List<AddressRange> sorted = BootLayout.STRUCTURES.stream().sorted().toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i - 1).overlaps(sorted.get(i)))
                    .as("%s and %s", sorted.get(i - 1), sorted.get(i))
                    .isFalse();
        }
    }

    @Test
    void structures_butForFirmwareTables_areWhereNoKernelIsLoaded() {
        assertThat(BootLayout.STRUCTURES)
                .filteredOn(range -> !range.equals(BootLayout.FIRMWARE_TABLES))
                .allMatch(range -> BootLayout.BOOT_STRUCTURES.contains(range));
        assertThat(BootLayout.BOOT_STRUCTURES.overlaps(BootLayout.FIRMWARE_TABLES))
                .isFalse();
    }

    @Test
    void structures_leaveRealModeVectorsAlone() {
        assertThat(BootLayout.STRUCTURES).allMatch(range -> range.base() >= 0x500);
    }

    @Test
    void startInfo_ofTheLargestMemoryMap_fitsItsPage() {
        int end = BootLayout.MEMORY_MAP_OFFSET + BootContext.MAX_ENTRIES * LARGEST_MAP_ENTRY;
        assertThat((long) end).isLessThanOrEqualTo(BootLayout.START_INFO.size());
    }
}
