// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Passes on whole lines, with something before each that says whose they are: so several can write to the same stream.
 * One thread at a time; who shares the stream shares its lock.
 */
public final class LineOutput extends OutputStream {
    /** A line that is longer is passed on in pieces. */
    private static final int LONGEST = 4096;

    private final byte[] prefix;
    private final OutputStream out;
    private final Consumer<String> listener;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** Passes on to a stream that somebody else closes. */
    public LineOutput(String prefix, OutputStream out) {
        this(prefix, out, _ -> {});
    }

    /**
     * The same, and tells somebody.
     *
     * @param listener is told of each line when it has been passed on, without the prefix and with what ends it, on the
     *     thread that writes
     */
    public LineOutput(String prefix, OutputStream out, Consumer<String> listener) {
        this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
        this.out = out;
        this.listener = listener;
    }

    @Override
    public void write(int value) throws IOException {
        line.write(value);
        if (value == '\n') {
            pass();
        } else if (line.size() == LONGEST) {
            endAndPass();
        }
    }

    /** Passes on what has no end yet. */
    @Override
    public void close() {
        if (line.size() > 0) {
            try {
                endAndPass();
            } catch (IOException _) {
                // Nobody reads it any more.
            }
        }
    }

    private void endAndPass() throws IOException {
        line.write('\n');
        pass();
    }

    private void pass() throws IOException {
        synchronized (out) {
            out.write(prefix);
            line.writeTo(out);
            out.flush();
        }
        String passed = line.toString(StandardCharsets.UTF_8);
        line.reset();
        listener.accept(passed);
    }
}
