// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Two guests, each with a stream to its host and one from it, and what the two directions come to together. */
final class StreamGuests {
    private final TwoGuests guests;
    private final Metric both;

    /**
     * Makes the guests of a benchmark.
     *
     * @param name of the benchmark, with which its metrics' begin
     * @param more what they do besides
     */
    StreamGuests(String name, Load... more) {
        String stream = name + "-stream";
        Load out = Load.bytes("send 1024", stream + "-out", "a stream from the guest to the host");
        Load in = Load.bytes("receive 1024", stream + "-in", "a stream from the host to the guest");
        guests = new TwoGuests(
                name,
                "streamload",
                Stream.concat(Stream.of(out, in), Stream.of(more)).toList());
        both = Load.bytes("", stream, "the geometric mean of the two").metric();
    }

    String name() {
        return guests.name();
    }

    List<Metric> metrics() {
        return Stream.concat(guests.loads().stream().map(Load::metric), Stream.of(both))
                .toList();
    }

    List<Measurement> run(BenchSettings settings) {
        List<Measurement> measured = guests.run(settings);
        Measurement mean = new Measurement(
                both, LoadTurns.mean(measured.get(0).times(), measured.get(1).times()), Map.of());
        return Stream.concat(measured.stream(), Stream.of(mean)).toList();
    }
}
