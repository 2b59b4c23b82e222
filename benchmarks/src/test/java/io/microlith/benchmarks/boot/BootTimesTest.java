// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.benchmarks.harness.BenchException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BootTimesTest {
    private final BootTimes times = new BootTimes();

    private List<String> accepted(String... lines) {
        return List.of(lines).stream().filter(times::accept).toList();
    }

    @Test
    void accept_twoRounds_pairsThem() {
        assertThat(accepted(
                        "boot microlith 9000000 8000000",
                        "boot qemu 9500000 8500000",
                        "boot qemu 9600000 8600000",
                        "boot microlith 9100000 8100000"))
                .containsExactly("boot qemu 9500000 8500000", "boot microlith 9100000 8100000");

        times.check();
        assertThat(times.fromRun().subject().values()).containsExactly(8.0, 8.1);
        assertThat(times.fromRun().baseline().values()).containsExactly(8.5, 8.6);
        assertThat(times.fromProcess().subject().values()).containsExactly(9.0, 9.1);
        assertThat(times.fromProcess().baseline().values()).containsExactly(9.5, 9.6);
    }

    @Test
    void accept_oneOfFourFails_leavesItsRoundOut() {
        for (int i = 0; i < 3; i++) {
            accepted("boot microlith 9000000 8000000", "boot qemu 9500000 8500000");
        }
        accepted("Kernel panic", "failed microlith", "boot qemu 1 1");

        times.check();
        assertThat(times.rounds()).isEqualTo(4);
        assertThat(times.failedMicrolith()).isEqualTo(1);
        assertThat(times.failedQemu()).isZero();
        assertThat(times.fromRun().pairs()).isEqualTo(3);
    }

    @Test
    void check_halfOfTheRoundsFailed_quotesTheConsole() {
        accepted("boot microlith 9000000 8000000", "boot qemu 9500000 8500000");
        accepted("Kernel panic", "failed qemu", "boot microlith 1 1");

        assertThat(times.failedQemu()).isEqualTo(1);
        assertThatThrownBy(times::check)
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("of 2 rounds only 1")
                .hasMessageContaining("Kernel panic");
    }

    @Test
    void check_nothingSaid_isRefused() {
        assertThatThrownBy(times::check).isInstanceOf(BenchException.class).hasMessageContaining("of 0 rounds");
    }
}
