// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import java.util.List;

/**
 * A stream between a guest and its host, over a socket device, against QEMU's virtio-serial: it has no socket device in
 * user space.
 */
public final class VsockBench implements Bench {
    private static final StreamGuests GUESTS = new StreamGuests("vsock");

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
    public Place place() {
        return Place.RIG;
    }

    @Override
    public List<Metric> metrics() {
        return GUESTS.metrics();
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        return GUESTS.run(settings);
    }
}
