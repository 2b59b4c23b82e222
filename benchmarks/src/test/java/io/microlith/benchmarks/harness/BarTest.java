// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BarTest {
    @Test
    void atMost_ofTimes_isMissedByWhatIsLarger() {
        Bar bar = Bar.atMost(1.05);

        assertThat(bar.isMissedBy(1.06)).isTrue();
        assertThat(bar.isMissedBy(1.05)).isFalse();
        assertThat(bar.isMissedBy(0.5)).isFalse();
        assertThat(bar).hasToString("<= 1.05");
    }

    @Test
    void atLeast_ofThroughput_isMissedByWhatIsSmaller() {
        Bar bar = Bar.atLeast(1);

        assertThat(bar.isMissedBy(0.99)).isTrue();
        assertThat(bar.isMissedBy(1)).isFalse();
        assertThat(bar.isMissedBy(2)).isFalse();
        assertThat(bar).hasToString(">= 1.00");
        assertThat(Bar.atMost(1.035)).hasToString("<= 1.035");
    }
}
