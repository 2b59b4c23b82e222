// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Turns;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * How a benchmark is to run.
 *
 * @param directory where it may leave files; it exists
 * @param pairs the pairs of runs, or empty for the benchmark's own choice
 * @param processor the host processor that vCPUs are tied to, on both sides
 * @param transport of virtio devices, on both sides
 * @param progress who hears how far it is
 */
public record BenchSettings(Path directory, OptionalInt pairs, int processor, Transport transport, Progress progress) {
    /** Refuses no pairs. */
    public BenchSettings {
        if (pairs.isPresent() && pairs.getAsInt() < 1) {
            throw new BenchException("--pairs: " + pairs.getAsInt() + " is too few: at least 1");
        }
    }

    /**
     * Has two programs do the same work in turns, and says how far they are.
     *
     * @param name of what is measured
     * @param usual the pairs of runs, if nobody asked for another number
     */
    public PairedRatio measure(String name, int usual, Turns turns) {
        int wanted = pairs.orElse(usual);
        int[] done = {0};
        return turns.measure(wanted, () -> progress.advanced(name, ++done[0], wanted));
    }
}
