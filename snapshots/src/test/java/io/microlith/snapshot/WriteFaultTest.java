// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails in earnest while a snapshot is written: a disk that is full, and a process that is killed. */
class WriteFaultTest {
    private static final int KILLS = 6;

    @TempDir
    private Path directory;

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
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
                    .withMessageContaining(FaultyFiles.NO_ROOM));
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
