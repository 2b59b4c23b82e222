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
    private static final String UNTIL = "--until";
    private static final String DEFAULT_STRATEGY = RestoreStrategy.BEST.toString();

    private static final List<RestoreStrategy> STRATEGIES = List.of(
            RestoreStrategy.BEST,
            RestoreStrategy.MAPPED,
            RestoreStrategy.EAGER,
            RestoreStrategy.LAZY,
            RestoreStrategy.PREFETCH,
            RestoreStrategy.OVERLAPPED,
            RestoreStrategy.DIRECT,
            RestoreStrategy.READ_AHEAD);

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
                        + " (meanwhile), direct (into huge pages), read-ahead (mapped, and meanwhile into the page"
                        + " cache). Default: ${DEFAULT-VALUE}.")
                .build());
        spec.addOption(OptionSpec.builder(RecordChoice.OPTION)
                .paramLabel("WHEN")
                .type(String.class)
                .defaultValue(RecordChoice.AUTO.toString())
                .description("When to write down which memory the guest wants before it answers, for those that are"
                        + " restored after it: auto (with the strategy best, when more than a tenth of that was not"
                        + " known), always (also when nothing is known; this guest comes by lazily then), never."
                        + " Default: ${DEFAULT-VALUE}.")
                .build());
        spec.addOption(OptionSpec.builder(UNTIL)
                .paramLabel("TEXT")
                .type(String.class)
                .defaultValue("")
                .description("The guest has answered when it has printed this. Otherwise: when it prints anything, or"
                        + " says that it has by writing 1 to port 0xf5.")
                .build());
        SavedGuest.describe(spec);
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        RestoreStrategy strategy = strategy(options.matchedOptionValue(STRATEGY, DEFAULT_STRATEGY));
        RecordChoice choice =
                RecordChoice.parse(options.matchedOptionValue(RecordChoice.OPTION, RecordChoice.AUTO.toString()));
        SavedGuest saved = SavedGuest.read(options);
        RestoredGuest restored = new RestoredGuest(
                saved, choice.over(strategy, saved.snapshot()), options.matchedOptionValue(UNTIL, ""));
        int status = SessionOptions.read(options).run(restored::make, console);
        restored.report(console.err());
        return status;
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
