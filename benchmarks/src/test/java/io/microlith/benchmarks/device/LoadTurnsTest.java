// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.stats.PairedRatio;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadTurnsTest {
    private static final String ORDER = "randread:1:1000";

    private final LoadTurns turns = new LoadTurns();

    private void accept(String... lines) {
        List.of(lines).forEach(turns::accept);
    }

    @Test
    void throughput_turnsInAnyOrder_dividesPairByPair() {
        accept(
                "load microlith randread:1:1000 0 3000 1000000 3000",
                "load qemu randread:1:1000 0 1000 1000000 2000",
                "load qemu randread:1:1000 1 4000 2000000 8000",
                "load microlith randread:1:1000 1 1000 500000 1000");

        PairedRatio ratio = turns.throughput(ORDER, 1);

        assertThat(turns.count()).isEqualTo(4);
        assertThat(ratio.subject().values()).containsExactly(3000.0, 2000.0);
        assertThat(ratio.baseline().values()).containsExactly(1000.0, 2000.0);
        assertThat(ratio.median()).isEqualTo(2.0);
    }

    @Test
    void throughput_largeUnit_countsInIt() {
        accept("load microlith seqread:4:1000 0 800 1000000 0", "load qemu seqread:4:1000 0 1600 1000000 0");

        assertThat(turns.throughput("seqread:4:1000", 8).baseline().values()).containsExactly(200.0);
    }

    @Test
    void mean_oneSideTwiceAndHalf_isEven() {
        accept("load microlith send:1 0 200 1000000 0", "load qemu send:1 0 100 1000000 0");
        accept("load microlith receive:1 0 200 1000000 0", "load qemu receive:1 0 400 1000000 0");

        PairedRatio mean = LoadTurns.mean(turns.throughput("send:1", 1), turns.throughput("receive:1", 1));

        assertThat(mean.subject().values()).containsExactly(200.0);
        assertThat(mean.median()).isEqualTo(1.0);
    }

    @Test
    void exits_severalTurns_areOfAllWork() {
        accept(
                "load microlith randread:1:1000 0 3000 1000000 3000",
                "load microlith randread:1:1000 1 1000 500000 1000",
                "load qemu randread:1:1000 0 1000 1000000 2000");

        assertThat(turns.exits(ORDER, 1))
                .isEqualTo(Map.of("exits per 1000, microlith", 1000.0, "exits per 1000, qemu", 2000.0));
    }

    @Test
    void throughput_neverMeasured_quotesWhatTheRigSaidLast() {
        accept(
                "load qemu randread:1:1000 0 1000 1000000 2000",
                "warm load microlith randread:1:1000 0 1 1 0",
                "failed microlith does not answer");

        assertThatThrownBy(() -> turns.throughput(ORDER, 1))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("under microlith")
                .hasMessageContaining("does not answer");
    }
}
