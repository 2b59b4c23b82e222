// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import io.microlith.vmm.Vm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Clones that are there at the same time. */
final class Crowd {
    private static final int CLONES = 1000;

    /** A short measurement has so many for each of its pairs. */
    private static final int CLONES_A_PAIR = 10;

    /** Those that are there before, so that what the first ones need is not counted. */
    private static final int BEFORE = 20;

    private static final double EXPECTED_KIB = 300;
    private static final int KIB = 1024;

    private final Clones clones;

    Crowd(Clones clones) {
        this.clones = clones;
    }

    /**
     * What is taken of the host, in KiB.
     *
     * @param process its share of pages in memory (PSS), which includes the heap as far as it was ever used
     * @param heap objects in the heap that live
     * @param slab the kernel's objects
     * @param tables page tables
     * @param stacks of the kernel for threads
     */
    private record Usage(double process, double heap, double slab, double tables, double stacks) {
        static Usage now() {
            System.gc();
            double heap =
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / (double) KIB;
            return new Usage(
                    field("/proc/self/smaps_rollup", "Pss:"),
                    heap,
                    field("/proc/meminfo", "Slab:"),
                    field("/proc/meminfo", "PageTables:"),
                    field("/proc/meminfo", "KernelStack:"));
        }

        private static double field(String file, String name) {
            try {
                return Files.readAllLines(Path.of(file)).stream()
                        .filter(line -> line.startsWith(name))
                        .mapToDouble(line -> Double.parseDouble(
                                line.substring(name.length()).replace("kB", "").strip()))
                        .findFirst()
                        .orElse(0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Measurement measure(Metric metric, BenchSettings settings) {
        int count =
                settings.pairs().isPresent() ? Math.min(CLONES, settings.pairs().getAsInt() * CLONES_A_PAIR) : CLONES;
        Deque<Vm> alive = new ArrayDeque<>();
        try {
            add(alive, BEFORE);
            Usage before = Usage.now();
            for (int i = 1; i <= count; i++) {
                add(alive, 1);
                settings.progress().advanced(metric.name(), i, count);
            }
            return result(metric, count, before, Usage.now());
        } finally {
            alive.forEach(Vm::close);
        }
    }

    private void add(Deque<Vm> alive, int count) {
        for (int i = 0; i < count; i++) {
            alive.add(clones.idle());
        }
    }

    private static Measurement result(Metric metric, int clones, Usage before, Usage after) {
        Map<String, Double> parts = Map.of(
                "KiB of PSS", (after.process - before.process) / clones,
                "KiB of heap", (after.heap - before.heap) / clones,
                "KiB of slab", (after.slab - before.slab) / clones,
                "KiB of page tables", (after.tables - before.tables) / clones,
                "KiB of kernel stacks", (after.stacks - before.stacks) / clones);
        double all = parts.values().stream().mapToDouble(Double::doubleValue).sum();
        PairedRatio ratio = new PairedRatio(new Sample(List.of(all)), new Sample(List.of(EXPECTED_KIB)));
        Map<String, Double> facts = new TreeMap<>(parts);
        facts.put("clones", (double) clones);
        return new Measurement(metric, ratio, facts);
    }
}
