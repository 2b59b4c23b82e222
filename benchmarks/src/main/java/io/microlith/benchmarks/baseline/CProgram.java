// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.baseline;

import io.microlith.benchmarks.harness.BenchException;
import io.microlith.benchmarks.harness.ResourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program of this module's C sources, compiled on this host.
 *
 * @param binary the executable
 */
public record CProgram(Path binary) {
    /** Where all of them lie, for a JVM on a machine without a compiler; a system property. */
    public static final String DIRECTORY_PROPERTY = "microlith.bench.programs";

    private static final List<String> BASELINES = List.of("exit", "create", "shell");
    private static final List<String> SHARED = List.of("machine.h", "machine.c");
    private static final String SHARED_BY_LOADS = "load.h";
    private static final List<String> FLAGS = List.of("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread");

    /**
     * Compiles {@code NAME.c} with what all of them share, unless that has been done.
     *
     * @param directory where the sources are copied to and the executable is left
     * @throws BenchException if there is no compiler, or it fails
     */
    public static CProgram build(String name, Path directory) {
        String compiled = System.getProperty(DIRECTORY_PROPERTY);
        return compiled == null ? build(name, directory, "gcc") : new CProgram(Path.of(compiled, name));
    }

    /**
     * Compiles all baselines for a JVM that finds them by {@link #DIRECTORY_PROPERTY}.
     *
     * @param directory as for {@link #build(String, Path)}; the programs need nothing else to run
     * @throws BenchException as there
     */
    public static void buildAll(Path directory) {
        for (String name : BASELINES) {
            var _ = build(name, directory, "gcc", "-static");
        }
    }

    /**
     * Compiles {@code NAME.c} with what loads share, without any library that is to be found when it runs: for a guest.
     *
     * @param directory as for {@link #build(String, Path)}
     * @throws BenchException as there
     */
    public static CProgram buildStatic(String name, Path directory) {
        String source = name + ".c";
        return build(name, directory, List.of(source, SHARED_BY_LOADS), Stream.of("gcc", "-static", source));
    }

    static CProgram build(String name, Path directory, String... compiler) {
        String source = name + ".c";
        return build(
                name,
                directory,
                Stream.concat(SHARED.stream(), Stream.of(source)).toList(),
                Stream.concat(Stream.of(compiler), Stream.of(source, "machine.c")));
    }

    private static CProgram build(String name, Path directory, List<String> files, Stream<String> command) {
        try {
            Files.createDirectories(directory);
            for (String file : files) {
                ResourceFile.copy(CProgram.class, file, directory);
            }
            Path binary = directory.resolve(name);
            compile(
                    Stream.of(command, FLAGS.stream(), Stream.of("-o", name))
                            .flatMap(part -> part)
                            .toList(),
                    directory);
            return new CProgram(binary.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(List<String> command, Path directory) throws IOException {
        Process compiler;
        try {
            compiler = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new BenchException(
                    command.getFirst() + " is needed to build the baseline in C and cannot be run: install it"
                            + " (Debian: apt-get install gcc libc6-dev linux-libc-dev)",
                    e);
        }
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = compiler.onExit().join().exitValue();
        if (status != 0) {
            String firstError = output.lines()
                    .filter(line -> line.contains("error:"))
                    .findFirst()
                    .orElse("status " + status);
            throw new BenchException("the baseline in C does not compile here: " + firstError
                    + " (Debian: apt-get install gcc libc6-dev linux-libc-dev)");
        }
    }
}
