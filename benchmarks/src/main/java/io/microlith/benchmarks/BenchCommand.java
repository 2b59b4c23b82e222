// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks;

import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import io.microlith.benchmarks.harness.Transport;
import io.microlith.benchmarks.report.HostFacts;
import io.microlith.benchmarks.report.JsonReport;
import io.microlith.benchmarks.report.PlotReport;
import io.microlith.benchmarks.report.TextReport;
import io.microlith.benchmarks.rig.MovedBench;
import io.microlith.vmm.error.VmmException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench NAME}: runs one benchmark and reports. */
@Command(
        name = "bench",
        description =
                "Measures the SDK side by side with something else. Prints a table and, for each thing measured, a "
                        + "last line 'RESULT NAME ratio=R'; writes every single time as JSON, and a plot.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:measured", "1:--gate was given and a ratio misses its bar", "2:cannot be run here"})
final class BenchCommand implements Callable<Integer> {
    private static final int MEASURED = 0;
    private static final int BAR_MISSED = 1;
    private static final int CANNOT_RUN = 2;

    private final List<Bench> benches;
    private final Path kvm;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "What to measure; --list names them.")
    private @Nullable String name;

    @Option(names = "--list", description = "Say what can be measured, with the names of the results, and end.")
    private boolean list;

    @Option(names = "--pairs", paramLabel = "N", description = "Pairs of runs. Default: what gives a narrow interval.")
    private @Nullable Integer pairs;

    @Option(
            names = "--processor",
            paramLabel = "N",
            defaultValue = "0",
            description = "The host processor for vCPUs, on both sides. Default: ${DEFAULT-VALUE}.")
    private int processor;

    @Option(
            names = "--transport",
            paramLabel = "KIND",
            defaultValue = "mmio",
            description = "Of virtio devices, on both sides: mmio or pci. Default: ${DEFAULT-VALUE}.")
    private Transport transport = Transport.MMIO;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/bench",
            description = "Where NAME.json and NAME.png go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("target", "bench");

    @Option(
            names = "--rig",
            description = "Measure in the rig's outer VM, on its KVM. Default: where there is no /dev/kvm.")
    private boolean rig;

    @Option(names = "--gate", description = "End with status 1 if a ratio misses its bar.")
    private boolean gate;

    private BenchCommand(List<Bench> benches, Path kvm) {
        this.benches = benches;
        this.kvm = kvm;
    }

    /**
     * The command.
     *
     * @param kvm where this host has KVM, if it has
     */
    static CommandLine commandLine(List<Bench> benches, Path kvm, PrintWriter out, PrintWriter err) {
        return new CommandLine(new BenchCommand(benches, kvm))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, _) -> misused(e))
                .setExecutionExceptionHandler((e, line, _) -> cannotRun(e, line));
    }

    private static int misused(CommandLine.ParameterException failure) {
        failure.getCommandLine().getErr().println("bench: " + failure.getMessage() + "; see bench --help");
        return CANNOT_RUN;
    }

    /** Failures that a user can do something about get one line; all others are ours and keep their trace. */
    private static int cannotRun(Exception failure, CommandLine line) throws Exception {
        if (failure instanceof BenchException || failure instanceof VmmException || failure instanceof IOException) {
            line.getErr().println("bench: " + failure.getMessage());
            return CANNOT_RUN;
        }
        throw failure;
    }

    @Override
    public Integer call() throws IOException {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (list) {
            printList(line.getOut());
            return MEASURED;
        }
        Bench bench = find(line);
        if (rig && bench.place() == Place.TREE) {
            throw new BenchException(
                    "--rig: " + bench.name() + " measures programs of this source tree: it stays here");
        }
        boolean moved = bench.place() == Place.HERE && (rig || !Files.exists(kvm));
        if (moved && !rig) {
            line.getErr().println("bench: no " + kvm + " here: measuring in the rig");
        }
        Files.createDirectories(directory);
        ProgressLine progress = new ProgressLine(line.getErr());
        BenchSettings settings = new BenchSettings(
                directory, pairs == null ? OptionalInt.empty() : OptionalInt.of(pairs), processor, transport, progress);
        List<Measurement> measurements = moved ? new MovedBench(bench).run(settings) : bench.run(settings);
        progress.end();
        if (!moved) {
            new JsonReport(HostFacts.now()).write(directory.resolve(bench.name() + ".json"), bench, measurements);
        }
        report(bench, measurements, line);
        return gate && measurements.stream().anyMatch(Measurement::missesBar) ? BAR_MISSED : MEASURED;
    }

    private Bench find(CommandLine line) {
        String names = String.join(", ", benches.stream().map(Bench::name).toList());
        if (name == null) {
            throw new CommandLine.ParameterException(line, "what to measure? One of " + names);
        }
        return benches.stream()
                .filter(bench -> bench.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        line, "'" + name + "' is nothing that can be measured: one of " + names));
    }

    private void printList(PrintWriter out) {
        for (Bench bench : benches) {
            out.printf("%-8s %s%n", bench.name(), bench.summary());
            for (Metric metric : bench.metrics()) {
                String bar = metric.bar().map(limit -> "bar " + limit).orElse("reported only");
                out.printf("  RESULT %-18s %s (%s)%n", metric.name(), metric.what(), bar);
            }
        }
        out.flush();
    }

    private void report(Bench bench, List<Measurement> measurements, CommandLine line) throws IOException {
        try {
            new PlotReport().write(directory.resolve(bench.name() + ".png"), measurements);
        } catch (IOException e) {
            line.getErr().println("bench: no plot: " + e.getMessage());
        }
        new TextReport(line.getOut()).print(measurements);
    }
}
