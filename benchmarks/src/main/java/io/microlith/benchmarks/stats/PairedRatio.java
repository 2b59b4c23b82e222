// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * How many times as long as a baseline a subject takes, or how many times as much it does: the median over pairs of
 * runs, each pair side by side in time.
 *
 * <p>What disturbs a machine for longer than a pair disturbs both of its runs and leaves their ratio; what is shorter
 * makes outliers, which a median does not see.
 *
 * @param subject what the program under measurement took, or did in a time
 * @param baseline the same of the program it is compared with, run for run
 */
public record PairedRatio(Sample subject, Sample baseline) {
    private static final int RESAMPLES = 10_000;
    private static final double TAIL = 0.025;

    /** Any fixed number does: the same runs give the same interval. */
    private static final long SEED = 20_260_101;

    /** Refuses runs that are no pairs. */
    public PairedRatio {
        if (subject.size() != baseline.size()) {
            throw new IllegalArgumentException("not in pairs: " + subject.size() + " and " + baseline.size() + " runs");
        }
    }

    /** The number of pairs. */
    public int pairs() {
        return subject.size();
    }

    /** The median of the pairs' ratios: of times, below 1 the subject is faster; of throughput, above 1. */
    public double median() {
        return Sample.medianOf(ratios());
    }

    /**
     * Where {@link #median} is with 95 % confidence, by the bootstrap's percentile method (Efron and Tibshirani, An
     * Introduction to the Bootstrap, chapter 13): medians of as many pairs, drawn with replacement, again and again.
     */
    public Interval interval() {
        double[] ratios = ratios();
        SplittableRandom random = new SplittableRandom(SEED);
        double[] drawn = new double[ratios.length];
        double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            Arrays.setAll(drawn, _ -> ratios[random.nextInt(ratios.length)]);
            medians[i] = Sample.medianOf(drawn);
        }
        Arrays.sort(medians);
        int tail = (int) (RESAMPLES * TAIL);
        return new Interval(medians[tail], medians[RESAMPLES - 1 - tail]);
    }

    private double[] ratios() {
        return IntStream.range(0, pairs())
                .mapToDouble(i -> subject.values().get(i) / baseline.values().get(i))
                .toArray();
    }
}
