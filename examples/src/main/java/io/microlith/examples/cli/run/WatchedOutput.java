// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Passes on what is written, and notices when a text has been. One thread at a time. */
final class WatchedOutput extends FilterOutputStream {
    private byte[] text = {};

    /** For each byte of the text, where to go on if the next one does not fit (Knuth, Morris and Pratt). */
    private int[] fallback = {};

    private @Nullable Runnable found;
    private int matched;

    WatchedOutput(OutputStream out) {
        super(out);
    }

    /** Has a task run once, on the thread that writes, when the text has been written. Before the first write. */
    void expect(String wanted, Runnable task) {
        text = wanted.getBytes(StandardCharsets.UTF_8);
        fallback = new int[text.length];
        int length = 0;
        for (int i = 1; i < text.length; i++) {
            length = step(length, text[i]);
            fallback[i] = length;
        }
        found = task;
    }

    private int step(int from, byte next) {
        int length = from;
        while (length > 0 && text[length] != next) {
            length = fallback[length - 1];
        }
        return text[length] == next ? length + 1 : 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        out.write(bytes, offset, count);
        for (int i = offset; i < offset + count && found != null; i++) {
            look(bytes[i]);
        }
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        if (found != null) {
            look((byte) value);
        }
    }

    private void look(byte value) {
        matched = text.length == 0 ? 0 : step(matched, value);
        if (matched == text.length && found != null) {
            Runnable task = found;
            found = null;
            task.run();
        }
    }
}
