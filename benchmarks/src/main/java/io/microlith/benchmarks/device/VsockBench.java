// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A stream between a guest and its host, over a socket device, against QEMU's virtio-serial: it has no socket device in
 * user space.
 */
public final class VsockBench implements Bench {
    private static final Load OUT = Load.bytes("send 1024", "vsock-stream-out", "a stream from the guest to the host");
    private static final Load IN = Load.bytes("receive 1024", "vsock-stream-in", "a stream from the host to the guest");
    private static final Metric BOTH =
            Load.bytes("", "vsock-stream", "the geometric mean of the two").metric();

    private static final TwoGuests GUESTS = new TwoGuests("vsock", "streamload", List.of(OUT, IN));

    /** For the list of benchmarks. */
    public VsockBench() {}

    @Override
    public String name() {
        return GUESTS.name();
    }

    @Override
    public String summary() {
        return "a vsock stream between a Linux guest in the rig and its host, against QEMU's virtio-serial; takes minutes";
    }

    @Override
    public List<Metric> metrics() {
        return Stream.concat(GUESTS.loads().stream().map(Load::metric), Stream.of(BOTH))
                .toList();
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        List<Measurement> measured = GUESTS.run(settings);
        Measurement both = new Measurement(
                BOTH, LoadTurns.mean(measured.get(0).times(), measured.get(1).times()), Map.of());
        return Stream.concat(measured.stream(), Stream.of(both)).toList();
    }
}
