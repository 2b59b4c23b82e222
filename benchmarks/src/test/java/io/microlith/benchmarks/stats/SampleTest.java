// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTest {
    @Test
    void median_oddNumber_isTheOneInTheMiddle() {
        assertThat(new Sample(List.of(9.0, 1.0, 5.0)).median()).isEqualTo(5.0);
    }

    @Test
    void median_evenNumber_isBetweenTheTwoInTheMiddle() {
        assertThat(new Sample(List.of(9.0, 1.0, 5.0, 6.0)).median()).isEqualTo(5.5);
    }

    @Test
    void median_called_leavesTheOrderOfRuns() {
        Sample sample = new Sample(List.of(9.0, 1.0, 5.0));

        sample.median();

        assertThat(sample.values()).containsExactly(9.0, 1.0, 5.0);
    }

    @Test
    void constructor_noValues_refuses() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sample(List.of()));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY})
    void constructor_valueNoClockGives_refuses(double value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Sample(List.of(1.0, value)));
    }
}
