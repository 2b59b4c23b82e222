// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.snapshot;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.snapshot.Snapshot;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code describe}: says what a snapshot has. */
public final class DescribeCommand implements Command {
    /** Makes the command. */
    public DescribeCommand() {}

    @Override
    public String name() {
        return "describe";
    }

    @Override
    public String summary() {
        return "Say what a snapshot has.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        return Arguments.parse(spec, arguments, console)
                .map(options -> print(Snapshot.open(options.matchedPositionalValue(0, Path.of(""))), console.out()))
                .orElse(ExitStatus.OK);
    }

    private static int print(Snapshot snapshot, PrintStream out) {
        out.println("id       " + snapshot.id());
        out.println("vm       " + snapshot.config().id());
        out.println("saved    " + snapshot.savedAt());
        out.println("memory   " + snapshot.config().memory());
        snapshot.memory().ranges().forEach(range -> out.println("         " + range));
        out.println("vcpus    " + snapshot.config().vcpus());
        snapshot.state()
                .parts()
                .forEach(part -> out.printf(
                        "part     %-24s version %d, %d bytes%n",
                        part.name(), part.read().version(), part.state().length()));
        return ExitStatus.OK;
    }
}
