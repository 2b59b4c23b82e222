// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.vmm.error.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * How large the terminal of a console is. Whoever holds it changes it, at any time, and the guest hears of it. Serves
 * one console at a time. Any thread.
 */
public final class TerminalSize {
    private static final int MOST = 0xffff;

    private volatile Cells cells;
    private @Nullable Runnable console;

    private TerminalSize(Cells cells) {
        this.cells = cells;
    }

    /** Columns and rows; both are zero if nobody knows. */
    record Cells(int columns, int rows) {
        static final Cells UNKNOWN = new Cells(0, 0);
    }

    /** A size that nobody knows yet. */
    public static TerminalSize unknown() {
        return new TerminalSize(Cells.UNKNOWN);
    }

    /** A size. */
    public static TerminalSize of(int columns, int rows) {
        return new TerminalSize(checked(columns, rows));
    }

    private static Cells checked(int columns, int rows) {
        if (columns < 1 || columns > MOST || rows < 1 || rows > MOST) {
            throw new IllegalArgumentException(columns + " columns and " + rows + " rows are not 1 to " + MOST);
        }
        return new Cells(columns, rows);
    }

    /** Changes the size. */
    public void set(int columns, int rows) {
        Cells changed = checked(columns, rows);
        Runnable hearer;
        synchronized (this) {
            if (changed.equals(cells)) {
                return;
            }
            cells = changed;
            hearer = console;
        }
        if (hearer != null) {
            hearer.run();
        }
    }

    Cells cells() {
        return cells;
    }

    /** Connects a console, which hears of changes on the thread that makes them. */
    synchronized void connect(Runnable hearer) {
        if (console != null) {
            throw new ConfigException(
                    "console.size", "it is another console's: give each console a TerminalSize of its own");
        }
        console = hearer;
    }

    synchronized void disconnect() {
        console = null;
    }
}
