// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import io.microlith.benchmarks.baseline.CProgram;
import io.microlith.benchmarks.baseline.LineProcess;
import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Side;
import io.microlith.benchmarks.stats.Turns;
import io.microlith.vmm.Hypervisor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Clones of a machine, up to their first instruction, in units of an empty VM with a vCPU; and what they cost. */
public final class CloneBench implements Bench {
    private static final int PAIRS = 100;
    private static final int WARM_UP = 1500;
    private static final double NANOS_PER_MICRO = 1e3;

    private static final Metric ATTACH =
            times("attach", "a machine in stock becomes a clone, up to the guest's first instruction", Bar.atMost(1.5));
    private static final Metric FORK = times(
            "fork",
            "a running machine with 1 MiB changed is forked, up to the child's first instruction",
            Bar.atMost(4));
    private static final Metric RESET =
            times("reset", "a clone that changed 1 MiB is as it was, up to its next instruction", Bar.atMost(0.5));
    static final Metric MEMORY = new Metric(
            "clone-memory",
            "PSS, heap and slab of each of 1,000 clones of 128 MiB beyond the pages it wrote, against 300 KiB",
            "KiB",
            Optional.of(Bar.atMost(1)));

    /** For the list of benchmarks. */
    public CloneBench() {}

    private static Metric times(String name, String what, Bar bar) {
        return new Metric(name, what + ", against KVM_CREATE_VM and KVM_CREATE_VCPU in C", "µs", Optional.of(bar));
    }

    @Override
    public String name() {
        return "clone";
    }

    @Override
    public String summary() {
        return "machines made of one that is there, against an empty VM with a vCPU in C";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(ATTACH, FORK, RESET, MEMORY);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        Path binary = CProgram.build("shell", settings.directory().resolve("c")).binary();
        try (LineProcess baseline = new LineProcess(
                        List.of(binary.toString(), Integer.toString(settings.processor())),
                        settings.directory().resolve("clone.err"));
                Hypervisor hypervisor = Hypervisor.open();
                Clones clones = new Clones(hypervisor, settings.processor())) {
            Side empty = () -> baseline.ask("")[0] / NANOS_PER_MICRO;
            warmUp(settings, clones);
            return List.of(
                    compare(ATTACH, settings, clones::attach, empty),
                    compare(FORK, settings, clones::fork, empty),
                    compare(RESET, settings, clones::reset, empty),
                    new Crowd(clones).measure(MEMORY, settings));
        }
    }

    private static void warmUp(BenchSettings settings, Clones clones) {
        // A short measurement is a try, and whoever wants one does not want to wait.
        int rounds = settings.pairs().isPresent()
                ? Math.min(WARM_UP, settings.pairs().getAsInt() * 10)
                : WARM_UP;
        for (int i = 0; i < rounds; i++) {
            clones.attach();
            clones.fork();
            clones.reset();
            settings.progress().advanced("clone warm-up", i + 1, rounds);
        }
    }

    private static Measurement compare(Metric metric, BenchSettings settings, Side subject, Side baseline) {
        PairedRatio times = settings.measure(metric.name(), PAIRS, new Turns(subject, baseline));
        return new Measurement(metric, times, Map.of());
    }
}
