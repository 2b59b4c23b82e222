// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.create;

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
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;

/** From nothing to a guest's first instruction: a machine of the SDK in a warm JVM against a program in C. */
public final class CreateBench implements Bench {
    private static final double BAR = 1.5;
    private static final int PAIRS = 150;

    /** Enough for the JIT compiler's last tier, for methods that run once a machine. */
    private static final int WARM_UP = 6000;

    /** To close a VM is to wait for the kernel: in the warm-up several wait at a time. */
    private static final int CLOSERS = 8;

    private static final int MEBIBYTES = 128;
    private static final double NANOS_PER_MICRO = 1e3;

    private static final Metric CREATE = new Metric(
            "create",
            "a VM, a vCPU and " + MEBIBYTES + " MiB up to the guest's first instruction, in a warm JVM, against C",
            "µs",
            Optional.of(Bar.atMost(BAR)));

    /** For the list of benchmarks. */
    public CreateBench() {}

    @Override
    public String name() {
        return "create";
    }

    @Override
    public String summary() {
        return "a new machine up to its first instruction, against the same system calls in C";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(CREATE);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        try (LineProcess baseline =
                        new LineProcess(baseline(settings), settings.directory().resolve("create.err"));
                Hypervisor hypervisor = Hypervisor.open()) {
            return List.of(new Comparison(hypervisor, baseline, settings).measure());
        }
    }

    private static List<String> baseline(BenchSettings settings) {
        Path directory = settings.directory();
        try {
            Path program = GuestProgram.exits().writeTo(directory);
            Path binary = CProgram.build("create", directory.resolve("c")).binary();
            return List.of(
                    binary.toString(),
                    program.toString(),
                    Integer.toString(settings.processor()),
                    Integer.toString(MEBIBYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both programs, making and closing machines. Times are in microseconds. */
    private static final class Comparison {
        private final Hypervisor hypervisor;
        private final LineProcess baseline;
        private final BenchSettings settings;
        private final GuestProgram program = GuestProgram.exits();
        private final List<Double> closing = new ArrayList<>();
        private final List<Double> baselineClosing = new ArrayList<>();

        Comparison(Hypervisor hypervisor, LineProcess baseline, BenchSettings settings) {
            this.hypervisor = hypervisor;
            this.baseline = baseline;
            this.settings = settings;
        }

        Measurement measure() {
            warmUp();
            baselineTime();
            closing.clear();
            baselineClosing.clear();
            PairedRatio times =
                    settings.measure(CREATE.name(), PAIRS, new Turns(this::machineTime, this::baselineTime));
            PairedRatio closingTimes = new PairedRatio(new Sample(closing), new Sample(baselineClosing));
            return new Measurement(CREATE, times, Map.of("ratio of closing", closingTimes.median()));
        }

        private void warmUp() {
            try (ThreadPoolExecutor closers = new ThreadPoolExecutor(
                    0, CLOSERS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), new CallerRunsPolicy())) {
                for (int i = 0; i < WARM_UP; i++) {
                    settings.progress().advanced("create warm-up", i, WARM_UP);
                    FirstExit firstExit = new FirstExit();
                    Vm vm = start(firstExit);
                    var _ = firstExit.await();
                    closers.execute(vm::close);
                }
            }
        }

        private Vm start(FirstExit firstExit) {
            Vm vm = VmBuilder.on(hypervisor)
                    .memory(Size.mebibytes(MEBIBYTES))
                    .pin(settings.processor())
                    .boot(program)
                    .pio(GuestProgram.CONTROL_PORT, GuestProgram.CONTROL_PORTS, firstExit)
                    .build();
            vm.start();
            return vm;
        }

        private double machineTime() {
            FirstExit firstExit = new FirstExit();
            long started = System.nanoTime();
            Vm vm = start(firstExit);
            try {
                return (firstExit.await() - started) / NANOS_PER_MICRO;
            } finally {
                long closed = System.nanoTime();
                vm.close();
                closing.add((System.nanoTime() - closed) / NANOS_PER_MICRO);
            }
        }

        private double baselineTime() {
            long[] cost = baseline.ask("");
            baselineClosing.add(cost[1] / NANOS_PER_MICRO);
            return cost[0] / NANOS_PER_MICRO;
        }
    }
}
