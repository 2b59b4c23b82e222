// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

import io.microlith.benchmarks.baseline.CProgram;
import io.microlith.benchmarks.baseline.LineProcess;
import io.microlith.benchmarks.guest.GuestProgram;
import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Sample;
import io.microlith.benchmarks.stats.Turns;
import io.microlith.linux.IoctlCall;
import io.microlith.vmm.Hypervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An exit to a device and back: a machine of the SDK against a loop in C. */
public final class ExitBench implements Bench {
    private static final double BAR = 1.05;
    private static final int PAIRS = 200;

    /** The JIT compilers' last tier begins with fewer, and the call that enters the guest is in its final form. */
    private static final int WARM_UP_EXITS = IoctlCall.MANY + 20_000;

    /** A warm-up is over when the JIT compilers had nothing to do for as many again, or after so many. */
    private static final int MOST_WARM_UP_EXITS = 8 * WARM_UP_EXITS;

    private static final int CALIBRATION_EXITS = 500;

    /** Long against what starts and ends a batch, short against what disturbs the machine. */
    private static final double BATCH_NANOS = 10e6;

    private static final int FEWEST_EXITS = 100;

    private static final Metric PIO = metric("exit-pio", "a byte to a port");
    private static final Metric MMIO = metric("exit-mmio", "four bytes to memory with a device behind it");

    /** For the list of benchmarks. */
    public ExitBench() {}

    private static Metric metric(String name, String what) {
        return new Metric(
                name, what + ": exit to a device in Java and back, against C", "ns/exit", Optional.of(Bar.atMost(BAR)));
    }

    @Override
    public String name() {
        return "exit";
    }

    @Override
    public String summary() {
        return "one exit to a device and back, against the same loop in C";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(PIO, MMIO);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        List<String> command = baseline(settings);
        try (LineProcess baseline =
                        new LineProcess(command, settings.directory().resolve("exit.err"));
                Hypervisor hypervisor = Hypervisor.open();
                ExitMachine machine = new ExitMachine(hypervisor, settings.processor())) {
            return List.of(
                    new Comparison(PIO, ExitKind.PIO, machine, baseline).measure(settings),
                    new Comparison(MMIO, ExitKind.MMIO, machine, baseline).measure(settings));
        }
    }

    private static List<String> baseline(BenchSettings settings) {
        Path directory = settings.directory();
        try {
            Path program = GuestProgram.exits().writeTo(directory);
            Path binary = CProgram.build("exit", directory.resolve("c")).binary();
            return List.of(binary.toString(), program.toString(), Integer.toString(settings.processor()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One kind of exit on both machines. Times are by exit. */
    private static final class Comparison {
        private final Metric metric;
        private final ExitKind kind;
        private final ExitMachine machine;
        private final LineProcess baseline;
        private final List<Double> cpu = new ArrayList<>();
        private final List<Double> baselineCpu = new ArrayList<>();
        private long allocated;
        private int batch = CALIBRATION_EXITS;

        Comparison(Metric metric, ExitKind kind, ExitMachine machine, LineProcess baseline) {
            this.metric = metric;
            this.kind = kind;
            this.machine = machine;
            this.baseline = baseline;
        }

        Measurement measure(BenchSettings settings) {
            warmUp(settings);
            batch = (int) Math.max(FEWEST_EXITS, BATCH_NANOS / baselineTime());
            forgetWarmUp();
            PairedRatio times =
                    settings.measure(metric.name(), PAIRS, new Turns(this::machineTime, this::baselineTime));
            return new Measurement(metric, times, facts(times.pairs()));
        }

        private void warmUp(BenchSettings settings) {
            CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
            long compiled;
            int exits = 0;
            do {
                settings.progress().advanced(metric.name() + " warm-up", exits, MOST_WARM_UP_EXITS);
                compiled = compilers.getTotalCompilationTime();
                exits += warmUp(WARM_UP_EXITS);
            } while (compiled != compilers.getTotalCompilationTime() && exits < MOST_WARM_UP_EXITS);
            // What an exit touches lies together from the first collection on, as in any machine that is not new.
            System.gc();
            machineTime();
            baselineTime();
        }

        private int warmUp(int fewest) {
            int exits = 0;
            while (exits < fewest) {
                machineTime();
                exits += batch;
            }
            return exits;
        }

        private void forgetWarmUp() {
            cpu.clear();
            baselineCpu.clear();
            allocated = 0;
        }

        private Map<String, Double> facts(int pairs) {
            PairedRatio cpuTimes = new PairedRatio(new Sample(cpu), new Sample(baselineCpu));
            return Map.of(
                    "bytes allocated per exit",
                    (double) allocated / ((double) pairs * batch),
                    "exits per run",
                    (double) batch,
                    "ratio of processor time",
                    cpuTimes.median());
        }

        private double machineTime() {
            BatchCost cost = machine.run(kind, batch);
            cpu.add((double) cost.cpuNanos() / batch);
            allocated += cost.allocatedBytes();
            return (double) cost.nanos() / batch;
        }

        private double baselineTime() {
            long[] cost = baseline.ask(kind.command() + " " + batch);
            baselineCpu.add((double) cost[1] / batch);
            return (double) cost[0] / batch;
        }
    }
}
