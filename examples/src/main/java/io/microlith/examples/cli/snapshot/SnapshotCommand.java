// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.snapshot;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ControlClient;
import io.microlith.examples.cli.command.ExitStatus;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code snapshot}: has a guest of another process saved. */
public final class SnapshotCommand implements Command {
    private static final String STOP = "--stop";
    private static final String SINCE = "--changes-since";
    private static final String COMPRESS = "--compress";

    /** Makes the command. */
    public SnapshotCommand() {}

    @Override
    public String name() {
        return "snapshot";
    }

    @Override
    public String summary() {
        return "Save a guest that 'run --control' has.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(ControlClient.socket(0));
        spec.addPositional(Arguments.path(1, "SNAPSHOT", "The directory to make."));
        spec.addOption(OptionSpec.builder(STOP)
                .description("End the guest when it is saved.")
                .build());
        spec.addOption(OptionSpec.builder(SINCE)
                .paramLabel("SNAPSHOT")
                .type(Path.class)
                .description(
                        "Save what has changed since that one, which has to be in the same directory and stay there.")
                .build());
        spec.addOption(OptionSpec.builder(COMPRESS)
                .description("Compress the memory: such a snapshot is smaller, and has to be unpacked.")
                .build());
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        Path socket = options.matchedPositionalValue(0, Path.of(""));
        // The other process may be elsewhere.
        Path target = options.matchedPositionalValue(1, Path.of("")).toAbsolutePath();
        StringBuilder request = new StringBuilder();
        if (options.hasMatchedOption(COMPRESS)) {
            request.append("compress\n");
        }
        Path since = options.matchedOptionValue(SINCE, null);
        if (since != null) {
            request.append("since ").append(since.toAbsolutePath()).append('\n');
        }
        request.append(options.hasMatchedOption(STOP) ? "suspend " : "snapshot ")
                .append(target)
                .append('\n');
        String id = new ControlClient(socket).ask(request.toString(), "the guest was not saved");
        console.out().println("saved " + id + " in " + target);
        return ExitStatus.OK;
    }
}
