// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks;

import io.microlith.benchmarks.harness.Progress;
import java.io.Console;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a benchmark is: one line that changes on a terminal, a line every quarter elsewhere. For one thread.
 */
final class ProgressLine implements Progress {
    private static final int PERCENT = 100;
    private static final int QUARTER = 25;
    private static final int BAR_WIDTH = 30;

    private final PrintWriter out;
    private final boolean terminal;
    private String shown = "";

    ProgressLine(PrintWriter out) {
        this(out, isTerminal(System.console()));
    }

    private ProgressLine(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    @Override
    public void advanced(String what, int done, int total) {
        int percent = total == 0 ? PERCENT : done * PERCENT / total;
        String text = terminal ? bar(what, percent) : what + ": " + percent / QUARTER * QUARTER + " %";
        if (!text.equals(shown)) {
            shown = text;
            out.print(terminal ? "\r" + text : text + System.lineSeparator());
            out.flush();
        }
    }

    private static String bar(String what, int percent) {
        int filled = percent * BAR_WIDTH / PERCENT;
        return String.format("%-20s [%s%s] %3d %%", what, "#".repeat(filled), ".".repeat(BAR_WIDTH - filled), percent);
    }

    /** Leaves the line. */
    void end() {
        if (terminal && !shown.isEmpty()) {
            out.println();
            out.flush();
        }
    }
}
