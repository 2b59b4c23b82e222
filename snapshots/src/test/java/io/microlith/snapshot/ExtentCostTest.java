// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtentCostTest {
    @Test
    void favorsWhole_dearFaults_soonerThanWithASlowMedium() {
        // 1.4 GB/s and half a microsecond a fault: pages one by one, unless nearly all are wanted.
        ExtentCost usual = new ExtentCost(0.7, 500);
        assertThat(usual.favorsWhole(100)).isFalse();
        assertThat(usual.favorsWhole(511)).isTrue();
        // Faults as dear as in an emulator.
        ExtentCost emulated = new ExtentCost(0.7, 20_000);
        assertThat(emulated.favorsWhole(10)).isFalse();
        assertThat(emulated.favorsWhole(30)).isTrue();
    }

    @Test
    void of_thisHost_isSane() {
        ExtentCost cost = ExtentCost.of(1_000_000);
        assertThat(cost.byteNanos()).isBetween(0.4, 0.5);
        assertThat(cost.faultNanos()).isPositive();
    }
}
