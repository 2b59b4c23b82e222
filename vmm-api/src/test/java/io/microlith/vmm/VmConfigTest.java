// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Overcommit;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmConfigTest {
    private static final Size MEMORY = Size.mebibytes(1);

    @Test
    void of_sizes_hasTheDefaults() {
        VmConfig config = VmConfig.of("vm", MEMORY, 2);
        assertThat(config)
                .isEqualTo(new VmConfig(
                        "vm",
                        MEMORY,
                        PageBacking.SMALL,
                        Overcommit.REFUSE,
                        WriteTracking.NONE,
                        2,
                        OnReset.RESTART,
                        List.of(),
                        List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "a\nb", "a\0b", "ä"})
    void new_idNoKernelTakes_isRefused(String id) {
        assertRefused("id", () -> VmConfig.of(id, MEMORY, 1));
    }

    @Test
    void new_idTooLong_isRefused() {
        assertThat(VmConfig.of("x".repeat(64), MEMORY, 1).id()).hasSize(64);
        assertRefused("id", () -> VmConfig.of("x".repeat(65), MEMORY, 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4095, 4097})
    void new_memoryZeroOrUnaligned_isRefused(long bytes) {
        assertRefused("memory", () -> VmConfig.of("vm", Size.bytes(bytes), 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void new_noVcpu_isRefused(int vcpus) {
        assertRefused("vcpus", () -> VmConfig.of("vm", MEMORY, vcpus));
    }

    @Test
    void new_processorsForOtherVcpus_isRefused() {
        assertRefused("pin", () -> config(2, List.of(0), List.of()));
    }

    @Test
    void new_listChangedLater_keepsItsCopy() {
        List<Integer> processors = new ArrayList<>(List.of(0));
        VmConfig config = config(1, processors, List.of());
        processors.add(1);
        assertThat(config.processors()).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x800+0x1000", "0x1000+0x800", "0x1000+0x2000 0x2000+0x1000"})
    void new_excludedRangesNoPagesOrOverlapping_areRefused(String ranges) {
        assertRefused("excludeFromSnapshots", () -> excluding(ranges(ranges)));
    }

    @Test
    void new_excludedRanges_areInOrder() {
        assertThat(excluding(ranges("0x4000+0x1000 0x1000+0x2000")).excluded())
                .isEqualTo(ranges("0x1000+0x2000 0x4000+0x1000"));
    }

    private static VmConfig excluding(List<AddressRange> ranges) {
        return config(1, List.of(), ranges);
    }

    private static VmConfig config(int vcpus, List<Integer> processors, List<AddressRange> excluded) {
        return new VmConfig(
                "vm",
                MEMORY,
                PageBacking.SMALL,
                Overcommit.REFUSE,
                WriteTracking.NONE,
                vcpus,
                OnReset.END,
                processors,
                excluded);
    }

    private static List<AddressRange> ranges(String text) {
        return Pattern.compile("(\\w+)\\+(\\w+)")
                .matcher(text)
                .results()
                .map(range -> new AddressRange(Long.decode(range.group(1)), Long.decode(range.group(2))))
                .toList();
    }

    private static void assertRefused(String setting, Runnable make) {
        assertThatThrownBy(make::run).isInstanceOfSatisfying(ConfigException.class, e -> {
            assertThat(e.setting()).isEqualTo(setting);
            assertThat(e.getMessage()).startsWith(setting + ": ").doesNotContain("\n");
        });
    }
}
