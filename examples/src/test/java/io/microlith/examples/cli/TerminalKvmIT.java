// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.testkit.Conversation;
import io.microlith.examples.testkit.Kernels;
import io.microlith.examples.testkit.Pty;
import io.microlith.testkit.RequiresKvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code run} on a terminal: its mode, and the keys that are not the guest's. */
@RequiresKvm
@Timeout(300)
class TerminalKvmIT {
    private static final String MAIN = "io.microlith.examples.cli.Main";
    private static final String CTRL_A = "\u0001";
    private static final String CTRL_C = "\u0003";

    @TempDir
    private Path directory;

    private Pty pty;
    private byte[] before;

    @BeforeEach
    void open() {
        pty = new Pty();
        before = pty.attributes();
        assertThat(pty.isCooked()).isTrue();
    }

    /** Whatever happened, the terminal is as it was. */
    @AfterEach
    void expectTerminalRestored() {
        try {
            assertThat(pty.attributes()).isEqualTo(before);
        } finally {
            pty.close();
        }
    }

    private Conversation start(Path kernel) throws IOException {
        return Conversation.start(Redirect.from(pty.path().toFile()), MAIN, "run", "--kernel", kernel.toString());
    }

    private Conversation startAndAwaitGuest() throws IOException {
        Conversation run = start(Kernels.console(directory));
        run.expect("ready\n");
        return run;
    }

    @Test
    void run_onTerminal_isRawUntilCtrlAX() throws IOException, InterruptedException {
        try (Conversation run = startAndAwaitGuest()) {
            assertThat(pty.isCooked()).isFalse();

            pty.type(CTRL_A + "x");

            assertThat(run.status()).isZero();
            assertThat(run.errors()).isEqualTo("microlith: this is the guest's console; Ctrl-A x ends it\n");
        }
    }

    @Test
    void run_onTerminal_guestGetsKeysAtOnceAndCtrlA() throws IOException, InterruptedException {
        try (Conversation run = startAndAwaitGuest()) {
            // No end of line, and Ctrl-C is a key as any other.
            pty.type("ab" + CTRL_C + CTRL_A + CTRL_A + "d");

            assertThat(run.expect("d")).isEqualTo("ab" + CTRL_C + CTRL_A + "d");
            pty.type("q");
            assertThat(run.status()).isEqualTo(3);
        }
    }

    @Test
    void run_guestFails_terminalIsRestored() throws IOException, InterruptedException {
        try (Conversation run = startAndAwaitGuest()) {
            pty.type("t");

            assertThat(run.status()).isEqualTo(1);
        }
    }

    @Test
    void run_terminated_terminalIsRestored() throws IOException, InterruptedException {
        try (Conversation run = startAndAwaitGuest()) {
            run.terminate();

            // 128 and SIGTERM.
            assertThat(run.status()).isEqualTo(143);
        }
    }

    @Test
    void run_badKernel_terminalIsLeftAlone() throws IOException, InterruptedException {
        try (Conversation run = start(Path.of("/dev/null"))) {
            assertThat(run.status()).isEqualTo(2);
        }
    }
}
