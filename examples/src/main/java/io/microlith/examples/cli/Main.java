// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli;

import io.microlith.examples.cli.bench.BenchCommand;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.doctor.DoctorCommand;
import io.microlith.examples.cli.hello.HelloCommand;
import io.microlith.examples.cli.run.BalloonCommand;
import io.microlith.examples.cli.run.CloneCommand;
import io.microlith.examples.cli.run.RecordCommand;
import io.microlith.examples.cli.run.RestoreCommand;
import io.microlith.examples.cli.run.RunCommand;
import io.microlith.examples.cli.snapshot.DescribeCommand;
import io.microlith.examples.cli.snapshot.MergeCommand;
import io.microlith.examples.cli.snapshot.SnapshotCommand;
import java.util.ArrayList;
import java.util.List;

/** Where {@code ./microlith} starts. */
public final class Main {
    private static final String LOG_PROVIDER = "slf4j.provider";
    private static final String LOG_VERBOSITY = "slf4j.internal.verbosity";

    private Main() {}

    /** Runs a command and ends the process with its status. */
    public static void main(String[] args) {
        // Named, so that SLF4J need not look through every jar for one.
        if (System.getProperty(LOG_PROVIDER) == null) {
            System.setProperty(LOG_PROVIDER, "io.microlith.examples.cli.log.StderrLogProvider");
            System.setProperty(LOG_VERBOSITY, "WARN");
        }
        int status = run(List.of(args), new Console(System.out, System.err));
        // To return is the faster way out: System.exit first looks through every jar for somebody to tell about it.
        if (status != ExitStatus.OK) {
            System.exit(status);
        }
    }

    /** Runs a command and returns the status to end with. */
    static int run(List<String> arguments, Console console) {
        return new Commands(commands()).run(arguments, console);
    }

    private static List<Command> commands() {
        List<Command> commands = new ArrayList<>();
        commands.add(new HelloCommand());
        commands.add(new DoctorCommand());
        commands.add(new RunCommand());
        commands.add(new SnapshotCommand());
        commands.add(new BalloonCommand());
        commands.add(new RestoreCommand());
        commands.add(new CloneCommand());
        commands.add(new RecordCommand());
        commands.add(new MergeCommand());
        commands.add(new DescribeCommand());
        commands.add(new BenchCommand());
        return commands;
    }
}
