// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.clones;

import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import io.microlith.linux.PageMap;
import io.microlith.vmm.Vm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
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
    private static final long PAGE = 4096;

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
            long writtenBefore = written(alive);
            for (int i = 1; i <= count; i++) {
                add(alive, 1);
                settings.progress().advanced(metric.name(), i, count);
            }
            return result(metric, count, before, Usage.now(), written(alive) - writtenBefore);
        } finally {
            alive.forEach(Vm::close);
        }
    }

    private void add(Deque<Vm> alive, int count) {
        for (int i = 0; i < count; i++) {
            alive.add(clones.idle());
        }
    }

    /** The bytes of guest memory that clones have for themselves. */
    private static long written(Collection<Vm> clones) {
        long pages = clones.stream()
                .flatMap(clone -> clone.memory().regions().stream())
                .mapToLong(region -> PageMap.of(region.segment()).own().cardinality())
                .sum();
        return pages * PAGE;
    }

    private static Measurement result(Metric metric, int clones, Usage before, Usage after, long written) {
        double own = written / (double) KIB / clones;
        double process = (after.process - before.process) / clones;
        double heap = (after.heap - before.heap) / clones;
        double slab = (after.slab - before.slab) / clones;
        Map<String, Double> facts = new TreeMap<>();
        facts.put("KiB of PSS", process);
        facts.put("KiB of pages that the guest wrote, in PSS and not counted", own);
        facts.put("KiB of heap", heap);
        facts.put("KiB of slab", slab);
        facts.put("KiB of page tables, not counted", (after.tables - before.tables) / clones);
        facts.put("KiB of kernel stacks, not counted", (after.stacks - before.stacks) / clones);
        facts.put("clones", (double) clones);
        PairedRatio ratio =
                new PairedRatio(new Sample(List.of(process - own + heap + slab)), new Sample(List.of(EXPECTED_KIB)));
        return new Measurement(metric, ratio, facts);
    }
}
