// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.microlith.vmm.FrozenVm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails while a snapshot is written: it is not there, and those that were are as they were. */
class WriteFaultTest {
    private static final String FULL = "No space left on device";
    private static final byte[] STATE = StateFile.encode(StateFile.Content.of(new UUID(1, 2), List.of()));
    private static final int KILLS = 6;

    @TempDir
    private Path directory;

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static void write(FrozenVm machine, Path target, SnapshotSettings settings, SnapshotFiles files) {
        PageFlow pages = new AllPages(machine.memory(), new BitSet(), SnapshotProgress.NONE);
        var _ = new SnapshotWriter(target, files).write(pages, settings, _ -> STATE);
    }

    private static List<String> steps(Path target, SnapshotSettings settings) {
        FaultyFiles files = new FaultyFiles(-1, FULL);
        PatternedMachine.frozen(machine -> write(machine, target, settings, files));
        return files.steps();
    }

    @Test
    void write_steps_areTheseInThisOrder() {
        List<String> steps = steps(directory.resolve("one"), SnapshotSettings.DEFAULT);

        // What has to be on the medium is there before what names it.
        assertThat(steps.stream().distinct())
                .containsExactly(
                        "create directory",
                        "create memory",
                        "write memory",
                        "force memory",
                        "close memory",
                        "create state",
                        "write state",
                        "force state",
                        "close state",
                        "sync directory",
                        "rename");
        assertThat(steps).endsWith("sync directory", "rename", "sync directory");
        assertThat(steps).filteredOn("write memory"::equals).hasSizeGreaterThan(4);
    }

    @TestFactory
    List<DynamicTest> write_anyStepFails_leavesWhatWasThereAndNothingElse() {
        return eachStep(SnapshotSettings.DEFAULT);
    }

    @TestFactory
    List<DynamicTest> write_anyStepOfACompressedOneFails_leavesWhatWasThereAndNothingElse() {
        return eachStep(SnapshotSettings.DEFAULT.compressed());
    }

    private List<DynamicTest> eachStep(SnapshotSettings settings) {
        List<String> steps = steps(directory.resolve("steps"), settings);
        return IntStream.range(0, steps.size())
                .mapToObj(i -> dynamicTest(i + " " + steps.get(i), () -> assertLeavesNothing(i, settings)))
                .toList();
    }

    private void assertLeavesNothing(int failing, SnapshotSettings settings) throws IOException {
        Path base = Files.createTempDirectory(directory, "step");
        Path before = base.resolve("before");
        Path target = base.resolve("after");
        PatternedMachine.frozen(machine -> {
            Snapshot.write(machine, before);
            assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> write(machine, target, settings, new FaultyFiles(failing, FULL)))
                    .withMessage("snapshot " + target + ": it cannot be written: " + FULL);
        });
        try (Stream<Path> entries = Files.list(base)) {
            assertThat(entries).containsExactly(before);
        }
        PatternedMachine.assertWhole(before);
        PatternedMachine.frozen(machine -> Snapshot.write(machine, target));
        PatternedMachine.assertWhole(target);
    }

    /** A file system of a real one, which is too small. */
    @Test
    void write_diskIsFull_isRefusedAndNothingIsLeft() throws IOException, InterruptedException {
        Path small = Files.createDirectory(directory.resolve("small"));
        int status = run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small.toString());
        if (status != 0) {
            System.err.println("SKIPPED WriteFaultTest.write_diskIsFull: only root can mount a file system to be full");
            Assumptions.abort("only root can mount a file system");
        }
        try {
            PatternedMachine.frozen(machine -> assertThatExceptionOfType(SnapshotException.class)
                    .isThrownBy(() -> Snapshot.write(machine, small.resolve("one")))
                    .withMessageContaining(FULL));
            assertThat(small).isEmptyDirectory();
        } finally {
            run("umount", small.toString());
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void write_processIsKilledAtAnyMoment_whatHasANameIsWhole() throws IOException, InterruptedException {
        Random random = new Random();
        int written = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            written += writeAndKill("k" + kill + "-", 1 + random.nextInt(4), random.nextInt(20_000));
        }
        int whole = 0;
        for (String name : names()) {
            if (!name.startsWith(".")) {
                PatternedMachine.assertWhole(directory.resolve(name));
                whole++;
            }
        }
        // The last of each may have its name without its line.
        assertThat(whole).isBetween(written, written + KILLS);
    }

    /** All that this JVM has, whether as classes or as modules. */
    private static String everything() {
        return String.join(
                File.pathSeparator,
                System.getProperty("java.class.path"),
                System.getProperty("jdk.module.path", ""),
                Path.of("target", "classes").toAbsolutePath().toString());
    }

    /** Returns how many it said it has written. */
    private int writeAndKill(String prefix, int lines, int micros) throws IOException, InterruptedException {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        everything(),
                        EndlessWriter.class.getName(),
                        directory.toString(),
                        prefix)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = writer.inputReader(StandardCharsets.US_ASCII)) {
            int heard = 0;
            while (heard < lines) {
                assertThat(out.readLine()).startsWith("wrote ");
                heard++;
            }
            // Somewhere in the next one, or the one after.
            TimeUnit.MICROSECONDS.sleep(micros);
            // By its handle: the process itself would close what it has said.
            writer.toHandle().destroyForcibly();
            return heard
                    + (int) out.lines()
                            .filter(line -> line.startsWith("wrote "))
                            .count();
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }
}
