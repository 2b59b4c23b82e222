// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.device;

import io.microlith.benchmarks.baseline.CProgram;
import io.microlith.benchmarks.harness.BenchSettings;
import io.microlith.benchmarks.harness.Measurement;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.rig.Rig;
import io.microlith.benchmarks.rig.RigJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * Two guests in the rig that have the same work to do, by turns.
 *
 * @param name of the benchmark, and of its script, {@code NAME-rounds.sh}
 * @param program the one in C that loads a device
 * @param loads what the guests do with it, in the order of the script
 */
record TwoGuests(String name, String program, List<Load> loads) {
    private static final String COMMON = "two-guests.sh";
    private static final String GUEST = "guest-script";

    /** Until the compiler has seen it all. */
    private static final int WARM_MILLIS = 25_000;

    private static final int MILLIS = 300;
    private static final int PAIRS = 30;

    /** For one pair, on a slow day; and for the boots and the warming up. */
    private static final int PAIR_SECONDS = 60;

    private static final int START_SECONDS = 900;

    List<Measurement> run(BenchSettings settings) {
        int pairs = settings.pairs().orElse(PAIRS);
        LoadTurns turns = new LoadTurns();
        Path directory = settings.directory();
        Rig rig = Rig.find(name);
        try {
            Path binary = CProgram.buildStatic(program, directory.resolve(name)).binary();
            String script = name + "-rounds.sh";
            rig.run(
                    new RigJob(
                            name,
                            directory,
                            START_SECONDS + pairs * PAIR_SECONDS,
                            List.of(
                                    initrd(rig, binary, directory.resolve(name)),
                                    binary,
                                    ResourceFile.copy(TwoGuests.class, COMMON, directory),
                                    ResourceFile.copy(TwoGuests.class, script, directory)),
                            command(script, settings, pairs)),
                    line -> {
                        turns.accept(line);
                        settings.progress().advanced(name, turns.count(), 2 * pairs * loads.size());
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return loads.stream().map(load -> measurement(load, turns)).toList();
    }

    private static List<String> command(String script, BenchSettings settings, int pairs) {
        return List.of(
                "env",
                "TRANSPORT=" + settings.transport().name().toLowerCase(Locale.ROOT),
                "bash",
                script,
                Integer.toString(WARM_MILLIS),
                Integer.toString(pairs),
                Integer.toString(MILLIS));
    }

    private static Measurement measurement(Load load, LoadTurns turns) {
        String order = load.order().replace(' ', ':') + ":" + MILLIS;
        return new Measurement(load.metric(), turns.throughput(order, load.unit()), turns.exits(order, load.piece()));
    }

    private static Path initrd(Rig rig, Path binary, Path directory) throws IOException {
        Path tree = directory.resolve("tree");
        Path bin = Files.createDirectories(tree.resolve("bin"));
        Files.copy(
                binary, bin.resolve("load"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(
                ResourceFile.copy(TwoGuests.class, GUEST, directory),
                tree.resolve("script"),
                StandardCopyOption.REPLACE_EXISTING);
        Path initrd = directory.resolve("load.gz").toAbsolutePath();
        rig.initrd(tree, initrd, directory.resolve("initrd.err"));
        return initrd;
    }
}
