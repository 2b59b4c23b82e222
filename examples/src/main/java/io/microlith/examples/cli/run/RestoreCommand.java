// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.snapshot.RestoreStrategy;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code restore}: goes on with a guest where a snapshot has it. */
public final class RestoreCommand implements Command {
    private static final String STRATEGY = "--strategy";
    private static final String DEFAULT_STRATEGY = RestoreStrategy.BEST.toString();

    private static final List<RestoreStrategy> STRATEGIES = List.of(
            RestoreStrategy.BEST,
            RestoreStrategy.MAPPED,
            RestoreStrategy.EAGER,
            RestoreStrategy.LAZY,
            RestoreStrategy.PREFETCH,
            RestoreStrategy.OVERLAPPED,
            RestoreStrategy.DIRECT);

    /** Makes the command. */
    public RestoreCommand() {}

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String summary() {
        return "Go on with a guest where a snapshot has it.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addOption(OptionSpec.builder(STRATEGY)
                .paramLabel("HOW")
                .type(String.class)
                .defaultValue(DEFAULT_STRATEGY)
                .description("How its memory comes back: best (with what 'record' found, else mapped), mapped (a page"
                        + " when it is touched), eager (all before the start), lazy (a page when it is touched, by"
                        + " userfaultfd), or with what 'record' found: prefetch (before the start), overlapped"
                        + " (meanwhile), direct (into huge pages). Default: ${DEFAULT-VALUE}.")
                .build());
        SavedGuest.describe(spec);
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        RestoreStrategy strategy = strategy(options.matchedOptionValue(STRATEGY, DEFAULT_STRATEGY));
        SavedGuest saved = SavedGuest.read(options);
        return SessionOptions.read(options).run((kvm, guest) -> saved.build(kvm, guest, strategy), console);
    }

    private static RestoreStrategy strategy(String name) {
        return STRATEGIES.stream()
                .filter(strategy -> strategy.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(STRATEGY + ": '" + name + "' is none of " + names()));
    }

    private static String names() {
        return String.join(
                ", ", STRATEGIES.stream().map(RestoreStrategy::toString).toList());
    }
}
