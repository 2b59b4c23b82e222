// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.vmm.Hypervisor;
import java.util.List;
import java.util.Optional;

/**
 * A function that is restored and invoked, by each way to restore memory in turns: working sets of three sizes, two
 * times of computing; each way's time is the geometric mean over those.
 */
public final class ReapBench implements Bench {
    private static final int ROUNDS = 10;
    private static final int[] WORKING_SETS = {8, 24, 99};
    private static final int[] COMPUTE_MILLIS = {1, 30};

    /** What a stable and an unstable input have otherwise: seven of ten functions of the paper are as the first. */
    private static final double STABLE = 0.03;

    private static final double UNSTABLE = 0.24;
    private static final int UNSTABLE_SET = 24;
    private static final int UNSTABLE_MILLIS = 1;

    private static final Metric REAP =
            metric("reap", "pages on demand from the file, against REAP's prefetch, cold cache", Bar.atLeast(3.7));
    private static final Metric BEST =
            metric("best", "REAP's prefetch, against the best strategy, cold cache", Bar.atLeast(1.5));
    private static final Metric HOT = metric(
            "hot", "the best strategy with a cold cache, against pages on demand with a hot one", Bar.atMost(1.035));
    private static final Metric REAP_BEST = new Metric(
            "reap-best",
            "pages on demand from the file, against the best strategy, cold cache",
            "ms",
            Optional.empty());
    private static final Metric UNSTABLE_REAP = new Metric(
            "reap-unstable",
            "the first again, of one function, with an input that wants a quarter of other pages",
            "ms",
            Optional.empty());
    private static final Metric FAULTS = new Metric(
            "faults",
            "pages that had to be waited for: with the best strategy, against on demand",
            "pages",
            Optional.of(Bar.atMost(0.03)));

    /** For the list of benchmarks. */
    public ReapBench() {}

    private static Metric metric(String name, String what, Bar bar) {
        return new Metric(name, what, "ms", Optional.of(bar));
    }

    @Override
    public String name() {
        return "reap";
    }

    @Override
    public String summary() {
        return "ways to restore a function from a snapshot, against each other";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(REAP, BEST, HOT, FAULTS, REAP_BEST, UNSTABLE_REAP);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        try (Hypervisor hypervisor = Hypervisor.open()) {
            int rounds = settings.pairs().orElse(ROUNDS);
            double speed = Cell.speed(hypervisor, settings);
            Times stable = new Times();
            Times unstable = new Times();
            int cells = WORKING_SETS.length * COMPUTE_MILLIS.length;
            int done = 0;
            for (int mebibytes : WORKING_SETS) {
                for (int millis : COMPUTE_MILLIS) {
                    Cell cell = new Cell(hypervisor, settings, mebibytes, millis, speed);
                    stable.add(cell.name(), cell.measure(STABLE, rounds));
                    if (mebibytes == UNSTABLE_SET && millis == UNSTABLE_MILLIS) {
                        unstable.add(cell.name(), cell.measure(UNSTABLE, rounds));
                    }
                    settings.progress().advanced("reap", ++done, cells);
                }
            }
            return List.of(
                    stable.compare(REAP, Way.MAPPED, Way.PREFETCH),
                    stable.compare(BEST, Way.PREFETCH, Way.BEST),
                    stable.compare(HOT, Way.BEST, Way.HOT),
                    stable.faults(FAULTS, Way.BEST, Way.MAPPED),
                    stable.compare(REAP_BEST, Way.MAPPED, Way.BEST),
                    unstable.compare(UNSTABLE_REAP, Way.MAPPED, Way.PREFETCH));
        }
    }
}
