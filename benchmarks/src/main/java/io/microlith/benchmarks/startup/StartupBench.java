// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.startup;

import io.microlith.benchmarks.baseline.LineProcess;
import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.stats.PairedRatio;
import io.microlith.benchmarks.stats.Turns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.spi.ToolProvider;

/**
 * {@code ./microlith hello}, from the shell's fork to the end of the process, against a hello world in Java on the same
 * JVM with its default settings. A shell starts both and takes the time, so that neither pays for this JVM.
 */
public final class StartupBench implements Bench {
    /** Set by the launcher: its own path. */
    public static final String LAUNCHER_PROPERTY = "microlith.launcher";

    private static final double BAR = 3.0;
    private static final int PAIRS = 60;
    private static final double MICROS_PER_MILLI = 1000;

    private static final Metric STARTUP = new Metric(
            "startup",
            "./microlith hello, launcher included, against a hello world in Java",
            "ms",
            Optional.of(Bar.atMost(BAR)));

    private static final String SCRIPT = "startup.sh";

    private static final String HELLO = """
            public class Hello {
                public static void main(String[] args) {
                    System.out.println("Hello");
                }
            }
            """;

    /** For the list of benchmarks. */
    public StartupBench() {}

    @Override
    public String name() {
        return "startup";
    }

    @Override
    public String summary() {
        return "./microlith hello from start to end, against a hello world in Java";
    }

    @Override
    public Place place() {
        return Place.TREE;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(STARTUP);
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        Path directory = settings.directory().resolve("startup");
        try (LineProcess shell = new LineProcess(prepare(directory), directory.resolve("startup.err"))) {
            // Whatever is still to be built, is built now.
            millis(shell, "microlith");
            millis(shell, "java");
            PairedRatio times = settings.measure(
                    STARTUP.name(), PAIRS, new Turns(() -> millis(shell, "microlith"), () -> millis(shell, "java")));
            return List.of(new Measurement(STARTUP, times, facts(times)));
        }
    }

    private static double millis(LineProcess shell, String program) {
        long[] answer = shell.ask(program);
        if (answer[1] != 0) {
            throw new BenchException(
                    "startup: " + program + " ended with status " + answer[1] + ": run './microlith hello' to see why");
        }
        return answer[0] / MICROS_PER_MILLI;
    }

    /** What disturbs a machine only ever adds to a time. */
    private static Map<String, Double> facts(PairedRatio times) {
        return Map.of(
                "ratio of the shortest times",
                Collections.min(times.subject().values())
                        / Collections.min(times.baseline().values()));
    }

    private static List<String> prepare(Path directory) {
        String launcher = System.getProperty(LAUNCHER_PROPERTY);
        if (launcher == null) {
            throw new BenchException(
                    "startup: measures the launcher, so it has to be started by it: ./microlith bench");
        }
        try {
            Files.createDirectories(directory);
            compileHello(directory);
            Path script = ResourceFile.copy(StartupBench.class, SCRIPT, directory);
            Path java = Path.of(System.getProperty("java.home"), "bin", "java");
            return List.of("bash", script.toString(), java.toString(), directory.toString(), launcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compileHello(Path directory) throws IOException {
        Path source = Files.writeString(directory.resolve("Hello.java"), HELLO);
        ToolProvider javac = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new BenchException("startup: this Java has no compiler: use a JDK"));
        if (javac.run(System.err, System.err, "-d", directory.toString(), source.toString()) != 0) {
            throw new BenchException("startup: javac failed on " + source);
        }
    }
}
