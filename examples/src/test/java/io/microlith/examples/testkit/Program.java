// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A class with a {@code main}, run in a JVM of its own as its user would, with nothing on its standard input. */
public final class Program {
    private static final long PATIENCE_SECONDS = 120;

    private Program() {}

    /**
     * How a program ended.
     *
     * @param status its exit status
     * @param out what it printed on standard output
     * @param err what it printed on standard error
     */
    public record Result(int status, String out, String err) {}

    /** The command line that starts a class with the jars that ./microlith and the rig use. */
    public static List<String> command(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // The first one keeps the classes it loaded for those after it, which start in half the time.
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=target/programs.jsa",
                "-Xlog:cds*=off,aot*=off",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                "target/microlith/lib/*",
                mainClass));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /** Runs a class to its end. */
    public static Result run(String mainClass, String... arguments) {
        return run(new ProcessBuilder(command(mainClass, arguments)));
    }

    /** Runs a program to its end. */
    public static Result run(ProcessBuilder program) {
        try {
            Path out = Files.createTempFile("program", ".out");
            Path err = Files.createTempFile("program", ".err");
            Process process = program.redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(program.command() + " does not end; it said: " + read(out) + read(err));
            }
            return new Result(process.exitValue(), read(out), read(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) throws IOException {
        String text = Files.readString(file);
        Files.delete(file);
        return text;
    }
}
