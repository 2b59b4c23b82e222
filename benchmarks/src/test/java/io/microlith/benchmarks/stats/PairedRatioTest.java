// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedRatioTest {
    private static Sample sample(double... values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return new Sample(list);
    }

    /** {@code n} pairs whose ratio is normally distributed, on a machine whose speed varies by a factor of ten. */
    private static PairedRatio noisy(Random random, int n, double ratio, double deviation) {
        List<Double> subject = new ArrayList<>();
        List<Double> baseline = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double machine = 1 + 9 * random.nextDouble();
            baseline.add(machine);
            subject.add(machine * (ratio + deviation * random.nextGaussian()));
        }
        return new PairedRatio(new Sample(subject), new Sample(baseline));
    }

    @Test
    void median_pairsFromAMachineThatSlowsDown_seesTheRatioOnly() {
        PairedRatio ratio = new PairedRatio(sample(2, 20, 200), sample(1, 10, 100));

        assertThat(ratio.median()).isEqualTo(2.0);
        assertThat(ratio.interval()).isEqualTo(new Interval(2.0, 2.0));
    }

    @Test
    void median_oneDisturbedRun_isNotMoved() {
        assertThat(new PairedRatio(sample(1, 1, 900, 1, 1), sample(1, 1, 1, 1, 1)).median())
                .isEqualTo(1.0);
    }

    /**
     * For nine pairs the medians of resamples have a known distribution: the resampled median is at most the k-th
     * smallest ratio if at least five of nine draws are, a binomial probability. With ratios 1 to 9, P(median at most
     * 2) = 0.0304 and P(at most 1) = 0.0014, so the 2.5 % point is 2, and by symmetry the 97.5 % point is 8.
     */
    @Test
    void interval_nineKnownRatios_isTheBinomialOne() {
        PairedRatio ratio = new PairedRatio(sample(4, 9, 1, 7, 3, 5, 2, 8, 6), sample(1, 1, 1, 1, 1, 1, 1, 1, 1));

        assertThat(ratio.median()).isEqualTo(5.0);
        assertThat(ratio.interval()).isEqualTo(new Interval(2.0, 8.0));
    }

    @Test
    void interval_sameRuns_isTheSame() {
        PairedRatio ratio = noisy(new Random(1), 50, 1.2, 0.1);

        assertThat(ratio.interval()).isEqualTo(ratio.interval());
    }

    @Test
    void interval_sixteenTimesThePairs_isAboutAQuarterAsWide() {
        Interval few = noisy(new Random(2), 100, 1.0, 0.1).interval();
        Interval many = noisy(new Random(3), 1600, 1.0, 0.1).interval();

        double shrunk = (many.high() - many.low()) / (few.high() - few.low());

        assertThat(shrunk).isCloseTo(0.25, within(0.12));
    }

    /** 95 % of 200 experiments is 190; fewer than 180 has a probability below one in ten thousand. */
    @Test
    void interval_manyExperimentsOfAKnownRatio_coversItAsOftenAsItClaims() {
        Random random = new Random(4);
        int covered = 0;
        for (int i = 0; i < 200; i++) {
            covered += noisy(random, 41, 1.03, 0.05).interval().contains(1.03) ? 1 : 0;
        }

        assertThat(covered).isBetween(180, 200);
    }

    @Test
    void constructor_unequalNumbersOfRuns_refuses() {
        Sample two = new Sample(Collections.nCopies(2, 1.0));
        Sample three = new Sample(Collections.nCopies(3, 1.0));

        assertThatIllegalArgumentException().isThrownBy(() -> new PairedRatio(two, three));
    }
}
