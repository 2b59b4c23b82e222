// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcBoard;
import io.microlith.board.PcPart;
import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.snapshot.Snapshot;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code restore}: goes on with a guest where a snapshot has it. */
public final class RestoreCommand implements Command {
    private static final String STRATEGY = "--strategy";
    private static final String DEFAULT_STRATEGY = "mapped";

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
        return Arguments.parse(describe(), arguments, console)
                .map(options -> run(options, console))
                .orElse(ExitStatus.OK);
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addPositional(Arguments.path(0, "SNAPSHOT", "The snapshot's directory."));
        spec.addOption(OptionSpec.builder(STRATEGY)
                .paramLabel("HOW")
                .type(String.class)
                .defaultValue(DEFAULT_STRATEGY)
                .description(
                        "How its memory comes back: mapped (a page when it is touched) or eager (all before the start)."
                                + " Default: ${DEFAULT-VALUE}.")
                .build());
        spec.addOption(BoardOption.describe("The board that the guest was on: pc or lean."));
        DeviceOptions.describe(spec);
        SessionOptions.describe(spec);
        spec.usageMessage()
                .footer(
                        "The guest gets the same devices again: give them as they were given to 'run', in the same order.");
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        Snapshot snapshot = Snapshot.open(options.matchedPositionalValue(0, Path.of("")));
        return SessionOptions.read(options).run((kvm, guest) -> build(kvm, guest, snapshot, options), console);
    }

    private static Vm build(Hypervisor kvm, GuestConsole guest, Snapshot snapshot, ParseResult options) {
        VmBuilder builder = VmBuilder.on(kvm);
        DeviceOptions.read(options).forEach(builder::device);
        guest.addTo(builder, DeviceOptions.console(options));
        return builder.board(new PcBoard().without(BoardOption.missing(options).toArray(PcPart[]::new)))
                .restore(snapshot.restoration(strategy(options.matchedOptionValue(STRATEGY, DEFAULT_STRATEGY))))
                .build();
    }

    private static RestoreStrategy strategy(String name) {
        return switch (name) {
            case "mapped" -> RestoreStrategy.MAPPED;
            case "eager" -> RestoreStrategy.EAGER;
            default -> throw new UsageException(STRATEGY + ": '" + name + "' is none of mapped, eager");
        };
    }
}
