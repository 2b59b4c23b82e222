// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExtentCostTest {
    private static final double FAST = 0.7;

    @Test
    void favorsWhole_usualHost_pagesUnlessManyAreWanted() {
        // 1.4 GB/s, a page in 90 microseconds, half a microsecond a fault.
        ExtentCost cost = new ExtentCost(FAST, 90_000, 500);
        assertThat(cost.favorsWhole(100)).isFalse();
        assertThat(cost.favorsWhole(300)).isTrue();
    }

    @Test
    void favorsWhole_dearFaults_sooner() {
        // As in an emulator.
        ExtentCost cost = new ExtentCost(FAST, 90_000, 20_000);
        assertThat(cost.favorsWhole(10)).isFalse();
        assertThat(cost.favorsWhole(30)).isTrue();
    }

    @Test
    void favorsWhole_mediumThatSeeks_sooner() {
        // A disk that turns: 150 MB/s, and 8 ms to find a page.
        ExtentCost cost = new ExtentCost(6.7, 8_000_000, 500);
        assertThat(cost.favorsWhole(30)).isFalse();
        assertThat(cost.favorsWhole(80)).isTrue();
    }

    @Test
    void of_thisHost_isSane() {
        ExtentCost cost = ExtentCost.of(1_090_000, 90_000);
        assertThat(cost.byteNanos()).isBetween(0.4, 0.5);
        assertThat(cost.pageNanos()).isEqualTo(90_000);
        assertThat(cost.faultNanos()).isPositive();
    }

    @Test
    void of_pageThatTookAsLongAsAnExtent_isNotForNothing() {
        assertThat(ExtentCost.of(1_000_000, 1_000_000).byteNanos()).isBetween(0.2, 0.25);
    }
}
