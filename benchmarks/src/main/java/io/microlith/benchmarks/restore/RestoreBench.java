// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.restore;

import io.microlith.benchmarks.boot.BootTimes;
import io.microlith.benchmarks.harness.Bar;
import io.microlith.benchmarks.harness.Bench;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.Metric;
import io.microlith.benchmarks.harness.Place;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.rig.Rig;
import io.microlith.benchmarks.rig.RigJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Linux restored up to its first answer, under this SDK and under QEMU's microvm, in the rig: same kernel, memory, disk
 * and network.
 */
public final class RestoreBench implements Bench {
    private static final double BAR = 1.0;
    private static final int ROUNDS = 15;

    /** For the saving on both sides, on a slow day. */
    private static final int SAVING_SECONDS = 900;

    /** For a round with each state of the cache. */
    private static final int ROUND_SECONDS = 300;

    private static final String SCRIPT = "restore-rounds.sh";
    private static final String GUEST = "guest-script";
    private static final String COLD = "cold";
    private static final String HOT = "hot";

    /** For the list of benchmarks. */
    public RestoreBench() {}

    private static Metric metric(String cache) {
        return new Metric(
                "restore-" + cache,
                "from the order to restore to the guest's answer, in the rig, page cache " + cache
                        + ", against QEMU -incoming",
                "s",
                Optional.of(Bar.atMost(BAR)));
    }

    private static Metric process(String cache) {
        return new Metric(
                "restore-" + cache + "-process",
                "the same from the start of the VMM's process, JVM included",
                "s",
                Optional.empty());
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String summary() {
        return "a Linux that was saved up to its first answer, in the rig, against QEMU's microvm; takes minutes";
    }

    @Override
    public Place place() {
        return Place.RIG;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(metric(COLD), metric(HOT), process(COLD), process(HOT));
    }

    @Override
    public List<Measurement> run(BenchSettings settings) {
        int rounds = settings.pairs().orElse(ROUNDS);
        Map<String, BootTimes> times = new LinkedHashMap<>();
        times.put(COLD, new BootTimes());
        times.put(HOT, new BootTimes());
        settings.progress().advanced(name(), 0, 2 * rounds);
        Rig rig = Rig.find(name());
        try {
            rig.run(job(rig, settings.directory(), rounds), line -> {
                if (accept(times, line)) {
                    settings.progress().advanced(name(), roundsOf(times), 2 * rounds);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        times.values().forEach(BootTimes::check);
        return List.of(
                new Measurement(metric(COLD), times.get(COLD).fromRun(), failures(times.get(COLD))),
                new Measurement(metric(HOT), times.get(HOT).fromRun(), failures(times.get(HOT))),
                new Measurement(process(COLD), times.get(COLD).fromProcess(), Map.of()),
                new Measurement(process(HOT), times.get(HOT).fromProcess(), Map.of()));
    }

    private RigJob job(Rig rig, Path directory, int rounds) throws IOException {
        Path initrd = directory.resolve("saved.gz").toAbsolutePath();
        rig.initrd(
                ResourceFile.copy(RestoreBench.class, GUEST, directory),
                initrd,
                directory.resolve("restore-initrd.err"));
        return new RigJob(
                name(),
                directory,
                SAVING_SECONDS + rounds * ROUND_SECONDS,
                List.of("--disk", "2000"),
                List.of(initrd, ResourceFile.copy(RestoreBench.class, SCRIPT, directory), Rig.rounds(directory)),
                List.of("bash", SCRIPT, Integer.toString(rounds)));
    }

    /** What is no time is kept for errors. Returns whether a round is over. */
    private static boolean accept(Map<String, BootTimes> times, String line) {
        String[] words = line.split(" ", 2);
        BootTimes those = times.get(words[0]);
        return those != null && words.length == 2
                ? those.accept(words[1])
                : Objects.requireNonNull(times.get(COLD)).accept(line);
    }

    private static int roundsOf(Map<String, BootTimes> times) {
        return times.values().stream().mapToInt(BootTimes::rounds).sum();
    }

    private static Map<String, Double> failures(BootTimes times) {
        return Map.of(
                "failed restores of microlith", (double) times.failedMicrolith(),
                "failed restores of qemu", (double) times.failedQemu());
    }
}
