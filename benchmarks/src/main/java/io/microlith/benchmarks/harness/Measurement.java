// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import io.microlith.benchmarks.stats.PairedRatio;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came out for one metric.
 *
 * @param metric what was measured
 * @param times both sides' times, or whatever its unit says
 * @param facts other numbers of the same run, by name
 */
public record Measurement(Metric metric, PairedRatio times, Map<String, Double> facts) {
    /** Keeps the facts in the order of their names. */
    public Measurement {
        facts = new TreeMap<>(facts);
    }

    /** Whether the ratio is not what the project accepts. */
    public boolean missesBar() {
        return metric.bar().isPresent() && metric.bar().get().isMissedBy(times.median());
    }
}
