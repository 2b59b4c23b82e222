// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.rig;

import io.microlith.benchmarks.baseline.CProgram;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Place;
import io.microlith.benchmarks.harness.Progress;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.report.JsonReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A benchmark that is run in the rig's outer VM, on its KVM: for hosts that have none. The programs it is compared with
 * are compiled here, for there is no compiler in the rig.
 */
public final class MovedBench {
    private static final String SCRIPT = "moved.sh";

    private static final Pattern PROGRESS = Pattern.compile("(.+): (\\d{1,3}) %");
    private static final int PERCENT = 100;

    /** Those of the JVM. */
    private static final String OPTIONS = "MICROLITH_JAVA_OPTIONS";

    /** For the slowest of them, on a slow day. */
    private static final int SECONDS = 7200;

    /** Snapshots of some hundred mebibytes, and their working sets. */
    private static final int DISK_MEBIBYTES = 4096;

    private final Bench bench;

    /** Moves a benchmark whose place is {@link Place#HERE}. */
    public MovedBench(Bench bench) {
        this.bench = bench;
    }

    /**
     * Measures there. The settings' directory has {@code NAME.json} then, which says on which machine that was.
     *
     * @throws BenchException as {@link Bench#run}, or if the rig fails
     */
    public List<Measurement> run(BenchSettings settings) {
        String name = bench.name();
        Rig rig = Rig.find(name);
        Path directory = settings.directory();
        Path programs = directory.resolve("programs");
        Path results = directory.resolve("rig");
        settings.progress().advanced(name + " in the rig", 0, 1);
        try {
            List<String> command = command(settings);
            Path found = results.resolve(name + ".json");
            Files.deleteIfExists(found);
            CProgram.buildAll(programs);
            rig.run(
                    new RigJob(
                            name,
                            directory,
                            SECONDS,
                            List.of("--disk", Integer.toString(DISK_MEBIBYTES), "--results", results.toString()),
                            List.of(programs, ResourceFile.copy(MovedBench.class, SCRIPT, directory)),
                            command),
                    line -> pass(line, settings.progress()));
            Files.copy(found, directory.resolve(name + ".json"), StandardCopyOption.REPLACE_EXISTING);
            return JsonReport.read(found, bench);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Passes on what the benchmark says there of how far it is. */
    private static void pass(String line, Progress progress) {
        Matcher said = PROGRESS.matcher(line);
        if (said.matches()) {
            progress.advanced(said.group(1), Integer.parseInt(said.group(2)), PERCENT);
        }
    }

    private List<String> command(BenchSettings settings) {
        if (settings.processor() != 0) {
            throw new BenchException("--processor: the rig has one processor, which is 0");
        }
        List<String> words = new ArrayList<>();
        String options = System.getenv(OPTIONS);
        if (options != null) {
            words.addAll(List.of("env", OPTIONS + "=" + options));
        }
        words.addAll(List.of("sh", SCRIPT, bench.name()));
        words.addAll(List.of("--transport", settings.transport().name().toLowerCase(Locale.ROOT)));
        settings.pairs().ifPresent(pairs -> words.addAll(List.of("--pairs", Integer.toString(pairs))));
        return words;
    }
}
