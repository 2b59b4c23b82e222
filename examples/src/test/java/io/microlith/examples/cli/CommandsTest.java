// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.CommandException;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.examples.testkit.Capture;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Which command runs, and what becomes of its failures. */
class CommandsTest {
    private final Capture capture = new Capture();

    @Test
    void run_command_getsItsArgumentsAndGivesItsStatus() {
        int status = run(arguments -> arguments.equals(List.of("a", "--b")) ? 7 : 0, "try", "a", "--b");

        assertThat(status).isEqualTo(7);
        assertThat(capture.err()).isEmpty();
    }

    @Test
    void run_debugOption_isTakenOut() {
        assertThat(run(List::size, "try", "--debug", "a")).isEqualTo(1);
    }

    @Test
    void run_nothing_saysUsageOnStandardError() {
        assertThat(run(_ -> 0)).isEqualTo(2);

        assertThat(capture.err()).startsWith("usage: microlith COMMAND").contains("try", "Tries.");
        assertThat(capture.out()).isEmpty();
    }

    @Test
    void run_help_saysUsageOnStandardOutput() {
        assertThat(run(_ -> 0, "--help")).isZero();

        assertThat(capture.out()).startsWith("usage: microlith COMMAND");
    }

    @Test
    void run_unknownCommand_isOneLine() {
        assertThat(run(_ -> 0, "fly")).isEqualTo(2);

        assertThat(capture.err())
                .startsWith("microlith: there is no command 'fly'")
                .hasLineCount(1);
    }

    @Test
    void run_usageException_isOneLineWithHint() {
        assertThat(run(_ -> fail(new UsageException("no\n  such option")), "try"))
                .isEqualTo(2);

        assertThat(capture.err())
                .isEqualToNormalizingNewlines("microlith: no such option; 'microlith try --help' says what it takes\n");
    }

    @Test
    void run_configException_isOneLine() {
        assertThat(run(_ -> fail(new ConfigException("memory", "too much")), "try"))
                .isEqualTo(2);

        assertThat(capture.err()).isEqualToNormalizingNewlines("microlith: memory: too much\n");
    }

    @Test
    void run_commandException_isOneLine() {
        assertThat(run(_ -> fail(new CommandException("not here")), "try")).isEqualTo(2);

        assertThat(capture.err()).isEqualToNormalizingNewlines("microlith: not here\n");
    }

    @Test
    void run_bug_isOneLineThatSaysSo() {
        assertThat(run(_ -> fail(new IllegalStateException("oops")), "try")).isEqualTo(2);

        assertThat(capture.err())
                .contains("internal error: java.lang.IllegalStateException: oops")
                .hasLineCount(1);
    }

    @Test
    void run_failureWithDebug_hasStackTrace() {
        assertThat(run(_ -> fail(new CommandException("not here")), "try", "--debug"))
                .isEqualTo(2);

        assertThat(capture.err()).startsWith("microlith: not here").contains("\tat ");
    }

    private int run(ToIntFunction<List<String>> body, String... arguments) {
        return new Commands(List.of(new Try(body))).run(List.of(arguments), capture.console());
    }

    private static int fail(RuntimeException cause) {
        throw cause;
    }

    private record Try(ToIntFunction<List<String>> body) implements Command {
        @Override
        public String name() {
            return "try";
        }

        @Override
        public String summary() {
            return "Tries.";
        }

        @Override
        public int run(List<String> arguments, Console console) {
            return body.applyAsInt(arguments);
        }
    }
}
