// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.stats;

/**
 * Where a number is with some confidence.
 *
 * @param low the lower end
 * @param high the upper end
 */
public record Interval(double low, double high) {
    /** Refuses ends in the wrong order. */
    public Interval {
        if (!(low <= high)) {
            throw new IllegalArgumentException("no interval: " + low + " to " + high);
        }
    }

    /** Whether the number is inside, or an end. */
    public boolean contains(double number) {
        return low <= number && number <= high;
    }
}
