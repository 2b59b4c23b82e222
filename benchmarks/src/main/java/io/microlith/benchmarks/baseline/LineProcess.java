// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.baseline;

import io.microlith.benchmarks.harness.BenchException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that says {@code ready} and then answers each line it is sent by a line of numbers. For one thread.
 *
 * <p>It ends when its input does. What it writes to its standard error stays in a file, and its last line is quoted if
 * it fails.
 */
public final class LineProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final String name;
    private final Path errors;
    private final Process process;
    private final BufferedWriter questions;
    private final BufferedReader answers;

    /**
     * Starts a program and waits until it is ready.
     *
     * @param errors the file for its standard error
     * @throws BenchException if it cannot be started or says something else
     */
    public LineProcess(List<String> command, Path errors) {
        this.name = String.valueOf(Path.of(command.getFirst()).getFileName());
        this.errors = errors;
        try {
            this.process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
        } catch (IOException e) {
            throw new BenchException(name + ": cannot be started: " + e.getMessage(), e);
        }
        this.questions = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        String greeting = read();
        if (!greeting.equals("ready")) {
            close();
            throw new BenchException(name + ": said '" + greeting + "' where 'ready' was expected");
        }
    }

    /**
     * Sends a line and reads the answer.
     *
     * @throws BenchException if the program has ended, or answers something else than numbers
     */
    public long[] ask(String question) {
        try {
            questions.write(question);
            questions.newLine();
            questions.flush();
        } catch (IOException e) {
            throw ended(e);
        }
        String answer = read();
        try {
            return Arrays.stream(answer.split(" ", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new BenchException(name + ": answered '" + answer + "' where numbers were expected", e);
        }
    }

    private String read() {
        @Nullable String line;
        try {
            line = answers.readLine();
        } catch (IOException e) {
            throw ended(e);
        }
        if (line == null) {
            throw ended(null);
        }
        return line;
    }

    private BenchException ended(@Nullable IOException cause) {
        close();
        String message = name + ": ended with status " + process.exitValue() + ": " + lastError();
        return cause == null ? new BenchException(message) : new BenchException(message, cause);
    }

    private String lastError() {
        try {
            List<String> lines = Files.readAllLines(errors);
            return lines.isEmpty() ? "it gave no reason" : lines.getLast();
        } catch (IOException e) {
            return "its reason cannot be read: " + e.getMessage();
        }
    }

    /** Ends the program's input and waits for it to end; a program that does not is killed. */
    @Override
    public void close() {
        try {
            questions.close();
        } catch (IOException _) {
            // The program is gone already, which is what closing is for.
        }
        boolean gone = false;
        try {
            gone = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!gone) {
            process.destroyForcibly().onExit().join();
        }
    }
}
