// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.rig;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.ResourceFile;
import io.microlith.benchmarks.startup.StartupBench;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The rig of the source tree this JVM was started from.
 *
 * @param root the tree
 */
public record Rig(Path root) {
    /**
     * Finds it.
     *
     * @param bench who asks
     * @throws BenchException if this JVM was not started by the tree's launcher
     */
    public static Rig find(String bench) {
        String launcher = System.getProperty(StartupBench.LAUNCHER_PROPERTY);
        if (launcher == null) {
            throw new BenchException(bench + ": needs the rig of the source tree: start it by ./microlith bench");
        }
        return new Rig(Objects.requireNonNull(Path.of(launcher).getParent(), launcher));
    }

    /**
     * Makes an initrd for inner guests.
     *
     * @param tree the files to lay over the rig's own, of which {@code script} is what the guest runs; or that alone
     * @param initrd where it goes
     * @param log what the rig has to say
     * @throws BenchException if it cannot be made
     */
    public void initrd(Path tree, Path initrd, Path log) throws IOException {
        Process process = new ProcessBuilder(program("initrd"), tree.toString(), initrd.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.onExit().join().exitValue() != 0) {
            throw new BenchException("the rig cannot make an initrd: see " + log);
        }
    }

    /**
     * Runs a command in the outer VM, with this module's jars.
     *
     * @param output hears what it prints, line by line
     * @throws BenchException if it fails
     */
    public void run(RigJob job, Consumer<String> output) throws IOException {
        String name = job.name();
        Path directory = job.directory();
        List<String> words = new ArrayList<>(List.of(program("run"), "--timeout", Integer.toString(job.seconds())));
        job.files().forEach(file -> words.addAll(List.of("--put", file.toString())));
        words.addAll(job.options());
        words.addAll(job.command());
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectError(directory.resolve(name + ".err").toFile());
        builder.environment()
                .put("MICROLITH_RIG_JARS", root.resolve("benchmarks/target/lib").toString());
        Process process = builder.start();
        try (BufferedReader lines = process.inputReader();
                BufferedWriter log = Files.newBufferedWriter(directory.resolve(name + ".log"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.append(line).append(System.lineSeparator()).flush();
                output.accept(line);
            }
            int status = process.onExit().join().exitValue();
            if (status != 0) {
                throw new BenchException(name + ": the rig ended with status " + status + ": see " + name + ".log and "
                        + name + ".err in " + directory);
            }
        } finally {
            process.destroy();
        }
    }

    /** Copies the shell functions that scripts with rounds of two VMMs have in common, for {@link #run}. */
    public static Path rounds(Path directory) throws IOException {
        return ResourceFile.copy(Rig.class, "rounds.sh", directory);
    }

    private String program(String name) {
        return root.resolve("rig").resolve(name).toString();
    }
}
