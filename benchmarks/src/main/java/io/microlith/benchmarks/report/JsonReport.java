// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.report;

import com.fasterxml.jackson.jr.ob.JSON;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.Interval;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Measurements as a JSON file, every single time included, so that others can do their own statistics.
 *
 * <pre>{@code
 * { "bench": "exit", "when": "2026-01-01T00:00:00Z", "host": { "kernel": …, "java": …, "processors": 2, … },
 *   "results": [ { "name": "exit-pio", "unit": "ns/exit", "ratio": 1.01, "low": 1.00, "high": 1.02, "bar": 1.05,
 *                  "accepted": "<= 1.05", "facts": { … }, "microlith": [ … ], "baseline": [ … ] } ] }
 * }</pre>
 */
public final class JsonReport {
    private static final JSON JSON_WRITER =
            JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).without(JSON.Feature.WRITE_NULL_PROPERTIES);

    private final HostFacts host;

    /** Makes reports about runs on this host. */
    public JsonReport(HostFacts host) {
        this.host = host;
    }

    /**
     * Writes a file.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file, Bench bench, List<Measurement> measurements) throws IOException {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("bench", bench.name());
        report.put("when", host.when().toString());
        report.put("host", host.asMap());
        report.put("results", measurements.stream().map(JsonReport::resultOf).toList());
        Files.writeString(file, JSON_WRITER.asString(report) + "\n");
    }

    /**
     * Reads what {@link #write} wrote, on this host or another.
     *
     * @throws BenchException if it is no report of this benchmark
     * @throws IOException if it cannot be read
     */
    public static List<Measurement> read(Path file, Bench bench) throws IOException {
        Map<String, Metric> metrics =
                bench.metrics().stream().collect(Collectors.toMap(Metric::name, metric -> metric));
        String text = Files.readString(file);
        try {
            Map<String, Object> report = JSON.std.mapFrom(text);
            return listOf(report.get("results")).stream()
                    .map(result -> measurementOf((Map<?, ?>) result, metrics))
                    .toList();
        } catch (IOException | ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new BenchException(file + " is no report of " + bench.name(), e);
        }
    }

    private static Measurement measurementOf(Map<?, ?> result, Map<String, Metric> metrics) {
        Map<String, Double> facts = new TreeMap<>();
        ((Map<?, ?>) result.get("facts")).forEach((name, value) -> facts.put((String) name, numberOf(value)));
        return new Measurement(
                Objects.requireNonNull(metrics.get(result.get("name"))),
                new PairedRatio(sampleOf(result.get("microlith")), sampleOf(result.get("baseline"))),
                facts);
    }

    private static Sample sampleOf(Object values) {
        return new Sample(listOf(values).stream().map(JsonReport::numberOf).toList());
    }

    private static List<?> listOf(Object value) {
        return (List<?>) value;
    }

    private static double numberOf(Object value) {
        return ((Number) value).doubleValue();
    }

    private static Map<String, Object> resultOf(Measurement measurement) {
        var times = measurement.times();
        Interval interval = times.interval();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", measurement.metric().name());
        result.put("what", measurement.metric().what());
        result.put("unit", measurement.metric().unit());
        result.put("ratio", times.median());
        result.put("low", interval.low());
        result.put("high", interval.high());
        measurement.metric().bar().ifPresent(bar -> {
            result.put("bar", bar.limit());
            result.put("accepted", bar.toString());
        });
        result.put("facts", measurement.facts());
        result.put("microlith", times.subject().values());
        result.put("baseline", times.baseline().values());
        return result;
    }
}
