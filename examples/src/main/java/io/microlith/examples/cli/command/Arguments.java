// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Parses the arguments of one command.
 *
 * <p>Commands describe their options by code and only when there is something to parse: picocli's classes are too old
 * for the JVM's AOT cache, and loading them takes longer than all of {@code microlith hello}.
 */
public final class Arguments {
    private Arguments() {}

    /** Begins the description of a command. */
    public static CommandSpec describe(Command command) {
        CommandSpec spec = CommandSpec.create().name("microlith " + command.name());
        spec.usageMessage().description(command.summary()).sortOptions(false);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Say this, and end.")
                .build());
        return spec;
    }

    /** Describes a path that has to be there, in its place among those without a name. */
    public static PositionalParamSpec path(int place, String label, String description) {
        return PositionalParamSpec.builder()
                .index(Integer.toString(place))
                .paramLabel(label)
                .type(Path.class)
                .required(true)
                .description(description)
                .build();
    }

    /**
     * Parses arguments, and does what they say.
     *
     * @param action what is done unless they asked for help, which they got
     * @return the status to end with
     * @throws UsageException if they are wrong
     */
    public static int run(
            CommandSpec spec, List<String> arguments, Console console, ToIntFunction<ParseResult> action) {
        Optional<ParseResult> options = parse(spec, arguments, console);
        return options.isPresent() ? action.applyAsInt(options.get()) : ExitStatus.OK;
    }

    /**
     * Parses arguments.
     *
     * @return what they say, or empty if they asked for help and got it
     * @throws UsageException if they are wrong
     */
    public static Optional<ParseResult> parse(CommandSpec spec, List<String> arguments, Console console) {
        CommandLine line = new CommandLine(spec);
        try {
            ParseResult result = line.parseArgs(arguments.toArray(String[]::new));
            if (result.isUsageHelpRequested()) {
                line.usage(console.out());
                return Optional.empty();
            }
            return Optional.of(result);
        } catch (ParameterException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }
}
