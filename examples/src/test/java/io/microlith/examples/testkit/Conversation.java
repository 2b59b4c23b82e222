// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own that a test talks to. Closing it ends the program, if it has not ended. One thread. */
public final class Conversation implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path errors;

    private Conversation(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
    }

    /** Starts a program with a pipe as its standard input. */
    public static Conversation start(String mainClass, String... arguments) throws IOException {
        return start(Redirect.PIPE, mainClass, arguments);
    }

    /** Starts a program that reads a file, or a terminal. */
    public static Conversation start(Redirect input, String mainClass, String... arguments) throws IOException {
        Path errors = Files.createTempFile("program", ".err");
        Process process = new ProcessBuilder(Program.command(mainClass, arguments))
                .redirectInput(input)
                .redirectError(errors.toFile())
                .start();
        return new Conversation(process, errors);
    }

    /** Types on the program's standard input, if that is a pipe. */
    public void type(String text) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(text.getBytes(StandardCharsets.ISO_8859_1));
        in.flush();
    }

    /**
     * Reads what the program prints until a text has come.
     *
     * @return all of it, with that text at its end
     */
    public String expect(String text) throws IOException {
        InputStream out = process.getInputStream();
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int next = out.read();
            if (next < 0) {
                throw new IOException("ended before '" + text + "'; it said: " + seen + errors());
            }
            // A byte is a character: the guest sends no others.
            seen.append((char) next);
        }
        return seen.toString();
    }

    /** Asks the program to end, with SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the program's end, and says how it was: 128 and the signal, if it was one. */
    public int status() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("does not end; it said: " + errors());
        }
        return process.exitValue();
    }

    /** What the program printed on standard error so far. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(errors);
    }
}
