// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.snapshot;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.snapshot.Snapshot;
import io.microlith.snapshot.SnapshotSettings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code merge}: writes a snapshot that stands on others as one that stands alone. */
public final class MergeCommand implements Command {
    private static final String COMPRESS = "--compress";

    /** Makes the command. */
    public MergeCommand() {}

    @Override
    public String name() {
        return "merge";
    }

    @Override
    public String summary() {
        return "Write a snapshot of changes, or a compressed one, as a whole one.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        spec.addPositional(Arguments.path(1, "MERGED", "The directory to make."));
        spec.addOption(
                OptionSpec.builder(COMPRESS).description("Compress the memory.").build());
        return Arguments.run(spec, arguments, console, options -> run(options, console));
    }

    private static int run(ParseResult options, Console console) {
        Snapshot snapshot = Snapshot.open(options.matchedPositionalValue(0, Path.of("")));
        Path target = options.matchedPositionalValue(1, Path.of(""));
        SnapshotSettings settings =
                options.hasMatchedOption(COMPRESS) ? SnapshotSettings.DEFAULT.compressed() : SnapshotSettings.DEFAULT;
        snapshot.merge(target, settings);
        console.out().println("merged " + snapshot.id() + " in " + target);
        return ExitStatus.OK;
    }
}
