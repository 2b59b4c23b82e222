// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What each way took of each cell, round for round. */
final class Times {
    private final Map<String, Map<Way, List<Way.Cost>>> cells = new LinkedHashMap<>();

    void add(String cell, Map<Way, List<Way.Cost>> costs) {
        cells.put(cell, costs);
    }

    /** Two ways' times: of each round the geometric mean over all cells. The facts are medians of each way and cell. */
    Measurement compare(Metric metric, Way subject, Way baseline) {
        return compare(metric, subject, baseline, Way.Cost::millis);
    }

    /** How often one had to wait for a page, in the same way. */
    Measurement faults(Metric metric, Way subject, Way baseline) {
        // Nothing at all has no ratio.
        return compare(metric, subject, baseline, cost -> Math.max(1, cost.faults()));
    }

    private Measurement compare(Metric metric, Way subject, Way baseline, ToDoubleFunction<Way.Cost> what) {
        Map<String, Double> facts = new TreeMap<>();
        cells.forEach((cell, costs) -> costs.forEach((way, all) -> facts.put(
                cell + ", " + way.title(),
                new Sample(all.stream().map(what::applyAsDouble).toList()).median())));
        return new Measurement(metric, new PairedRatio(means(subject, what), means(baseline, what)), facts);
    }

    private Sample means(Way way, ToDoubleFunction<Way.Cost> what) {
        int rounds = cells.values().iterator().next().get(way).size();
        return new Sample(IntStream.range(0, rounds)
                .mapToObj(round -> Math.exp(cells.values().stream()
                        .mapToDouble(costs ->
                                Math.log(what.applyAsDouble(costs.get(way).get(round))))
                        .average()
                        .orElseThrow()))
                .toList());
    }
}
