// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.linux.Terminal;
import io.microlith.virtio.console.TerminalSize;
import java.util.concurrent.TimeUnit;

/**
 * Tells a console when the user makes the terminal's window larger or smaller. It asks every second: a handler for
 * SIGWINCH would be the process's, and take it from others.
 */
final class SizeWatch implements AutoCloseable {
    private static final long PERIOD_SECONDS = 1;

    private final Terminal terminal;
    private final TerminalSize size;
    private final Thread thread;

    private SizeWatch(Terminal terminal, TerminalSize size) {
        this.terminal = terminal;
        this.size = size;
        thread = Thread.ofPlatform().daemon().name("terminal-size").unstarted(this::run);
    }

    /** Begins to watch. */
    static SizeWatch start(Terminal terminal, TerminalSize size) {
        SizeWatch watch = new SizeWatch(terminal, size);
        watch.look();
        watch.thread.start();
        return watch;
    }

    private void look() {
        terminal.size().ifPresent(now -> size.set(now.columns(), now.rows()));
    }

    private void run() {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(PERIOD_SECONDS);
                look();
            }
        } catch (InterruptedException e) {
            // It was closed.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
