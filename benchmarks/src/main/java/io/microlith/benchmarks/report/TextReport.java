// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.report;

import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.stats.Interval;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measurements as a table for people, and a line each for programs. */
public final class TextReport {
    private final PrintWriter out;

    /** Makes a report that is written to a stream. */
    public TextReport(PrintWriter out) {
        this.out = out;
    }

    /** Prints all of it. */
    public void print(List<Measurement> measurements) {
        out.printf(
                Locale.ROOT,
                "%-19s %-10s %12s %12s %8s   %-16s %7s %5s%n",
                "",
                "unit",
                "microlith",
                "baseline",
                "ratio",
                "95 % interval",
                "bar",
                "pairs");
        measurements.forEach(this::printRow);
        printFacts(measurements);
        measurements.forEach(this::printResult);
        out.flush();
    }

    private void printRow(Measurement measurement) {
        var times = measurement.times();
        Interval interval = times.interval();
        out.printf(
                Locale.ROOT,
                "%-19s %-10s %12.1f %12.1f %8.3f   %-16s %7s %5d%n",
                measurement.metric().name(),
                measurement.metric().unit(),
                times.subject().median(),
                times.baseline().median(),
                times.median(),
                String.format(Locale.ROOT, "%.3f .. %.3f", interval.low(), interval.high()),
                bar(measurement),
                times.pairs());
    }

    private static String bar(Measurement measurement) {
        var bar = measurement.metric().bar();
        return bar.isPresent() ? bar.get().toString() : "-";
    }

    /** Once for all that have them in common. */
    private void printFacts(List<Measurement> measurements) {
        Map<Map<String, Double>, List<String>> names = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            names.computeIfAbsent(measurement.facts(), _ -> new ArrayList<>())
                    .add(measurement.metric().name());
        }
        names.forEach((facts, whose) -> facts.forEach(
                (name, value) -> out.printf(Locale.ROOT, "%s: %s %.3f%n", String.join(", ", whose), name, value)));
    }

    private void printResult(Measurement measurement) {
        out.printf(
                Locale.ROOT,
                "RESULT %s ratio=%.3f%n",
                measurement.metric().name(),
                measurement.times().median());
    }
}
