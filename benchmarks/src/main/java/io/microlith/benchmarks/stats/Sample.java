// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

import java.util.Arrays;
import java.util.List;

/**
 * What one program took, or did, once for each pair of runs.
 *
 * @param values one number a run, positive and finite, in the order of the runs
 */
public record Sample(List<Double> values) {
    /** Refuses an empty sample, and numbers that are none of a clock, or of work. */
    public Sample {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        for (double value : values) {
            if (!(value > 0) || Double.isInfinite(value)) {
                throw new IllegalArgumentException("not a positive number: " + value);
            }
        }
    }

    /** The number of runs. */
    public int size() {
        return values.size();
    }

    /** The value that half of the runs stay below; of an even number of runs, the mean of the two in the middle. */
    public double median() {
        double[] copy = values.stream().mapToDouble(Double::doubleValue).toArray();
        return medianOf(copy);
    }

    /** The same for numbers that the caller does not need any more: sorts them. */
    static double medianOf(double[] numbers) {
        Arrays.sort(numbers);
        int middle = numbers.length / 2;
        return numbers.length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    }
}
