// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.reap;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.vmm.Hypervisor;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One function, by its working set and the time it computes. */
final class Cell {
    /** How many rounds of the guest's computing make the first trial of how fast it is. */
    private static final int TRIAL = 20_000_000;

    /** So long a trial has to take, against what takes invocations more and less time. */
    private static final double TRIAL_MILLIS = 300;

    private static final int TRIES = 5;

    private final Hypervisor hypervisor;
    private final BenchSettings settings;
    private final int mebibytes;
    private final int millis;
    private final int rounds;

    /**
     * Describes one.
     *
     * @param mebibytes the working set
     * @param millis how long it computes
     * @param speed rounds the guest computes in a millisecond
     */
    Cell(Hypervisor hypervisor, BenchSettings settings, int mebibytes, int millis, double speed) {
        this.hypervisor = hypervisor;
        this.settings = settings;
        this.mebibytes = mebibytes;
        this.millis = millis;
        rounds = Math.max(1, (int) (millis * speed));
    }

    /** How many rounds of computing the guest does in a millisecond here. */
    static double speed(Hypervisor hypervisor, BenchSettings settings) {
        double idle = computing(hypervisor, settings, 1);
        int trial = TRIAL;
        double busy = computing(hypervisor, settings, trial);
        while (busy - idle < TRIAL_MILLIS && trial < Integer.MAX_VALUE / 4) {
            trial *= 4;
            busy = computing(hypervisor, settings, trial);
        }
        return trial / Math.max(1, busy - idle);
    }

    /** What an invocation takes at least. */
    private static double computing(Hypervisor hypervisor, BenchSettings settings, int rounds) {
        try (Function function = new Function(hypervisor, settings, 1, 0, rounds)) {
            return IntStream.range(0, TRIES)
                    .mapToDouble(i -> Way.HOT.invoke(function).millis())
                    .min()
                    .orElseThrow();
        }
    }

    /** Such as {@code 24 MiB, 30 ms}. */
    String name() {
        return mebibytes + " MiB, " + millis + " ms";
    }

    /** All ways in turns. */
    Map<Way, List<Way.Cost>> measure(double changed, int times) {
        Map<Way, List<Way.Cost>> costs = new EnumMap<>(Way.class);
        try (Function function = new Function(hypervisor, settings, mebibytes, changed, rounds)) {
            for (Way way : Way.values()) {
                // The first one is for the compiler, and for the page cache of those that want it hot.
                var _ = way.invoke(function);
                costs.put(way, new ArrayList<>());
            }
            for (int i = 0; i < times; i++) {
                for (Way way : order(i)) {
                    if (way == Way.HOT) {
                        var _ = way.invoke(function);
                    }
                    costs.get(way).add(way.invoke(function));
                }
            }
        }
        return costs;
    }

    /** There and back, so that no way is always first. */
    private static List<Way> order(int round) {
        List<Way> ways = List.of(Way.values());
        return round % 2 == 0 ? ways : ways.reversed();
    }
}
