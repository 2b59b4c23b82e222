// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.boot;

import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.rig.Rig;
import io.microlith.benchmarks.rig.RigJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Linux up to its init, under this SDK and under QEMU's microvm, in the rig: same kernel, initrd, command line and
 * memory.
 */
public final class BootBench implements Bench {
    private static final double BAR = 1.0;
    private static final int ROUNDS = 7;

    /** For one round, on a slow day. */
    private static final int ROUND_SECONDS = 600;

    private static final Metric BOOT = new Metric(
            "boot",
            "from KVM_RUN to the guest's init, in the rig, against QEMU -M microvm",
            "s",
            Optional.of(Bar.atMost(BAR)));
    private static final Metric PROCESS = new Metric(
            "boot-process", "the same from the start of the VMM's process, JVM included", "s", Optional.empty());

    private static final String SCRIPT = "boot-rounds.sh";

    /** For the list of benchmarks. */
    public BootBench() {}

    @Override
    public String name() {
        return "boot";
    }

    @Override
    public String summary() {
        return "an unmodified Linux up to its init, in the rig, against QEMU's microvm; takes minutes";
    }

    @Override
    public Place place() {
        return Place.RIG;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(BOOT, PROCESS);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        int rounds = settings.pairs().orElse(ROUNDS);
        BootTimes times = new BootTimes();
        settings.progress().advanced(BOOT.name(), 0, rounds);
        try {
            Rig.find(name())
                    .run(
                            new RigJob(
                                    name(),
                                    settings.directory(),
                                    rounds * ROUND_SECONDS,
                                    List.of(
                                            ResourceFile.copy(BootBench.class, SCRIPT, settings.directory()),
                                            Rig.rounds(settings.directory())),
                                    List.of("bash", SCRIPT, Integer.toString(rounds))),
                            line -> {
                                if (times.accept(line)) {
                                    settings.progress().advanced(BOOT.name(), times.rounds(), rounds);
                                }
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        times.check();
        Map<String, Double> facts = Map.of(
                "failed boots of microlith", (double) times.failedMicrolith(),
                "failed boots of qemu", (double) times.failedQemu());
        return List.of(
                new Measurement(BOOT, times.fromRun(), facts), new Measurement(PROCESS, times.fromProcess(), Map.of()));
    }
}
