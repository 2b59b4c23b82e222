// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import java.util.List;

/** TCP between a guest and its host through a tap, against QEMU's virtio-net. */
public final class NetBench implements Bench {
    private static final StreamGuests GUESTS =
            new StreamGuests("net", Load.requests("rr 0", "net-rr", "round trips of one byte over TCP"));

    /** For the list of benchmarks. */
    public NetBench() {}

    @Override
    public String name() {
        return GUESTS.name();
    }

    @Override
    public String summary() {
        return "TCP over a tap, between a Linux guest in the rig and its host, against QEMU's virtio-net; takes minutes";
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
