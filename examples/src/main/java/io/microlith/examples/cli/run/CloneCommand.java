// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.legacy.Serial;
import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.KvmOption;
import io.microlith.examples.cli.command.UsageException;
import io.microlith.examples.output.LineOutput;
import io.microlith.snapshot.VmTemplate;
import io.microlith.virtio.console.StreamPort;
import io.microlith.vmm.CloneIdentity;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code clone}: goes on with a saved guest several times at once. */
public final class CloneCommand implements Command {
    private static final String COUNT = "--count";
    private static final int DEFAULT_COUNT = 2;
    private static final String UNTOLD = "--untold";

    /** Makes the command. */
    public CloneCommand() {}

    @Override
    public String name() {
        return "clone";
    }

    @Override
    public String summary() {
        return "Go on with a saved guest several times at once, sharing its memory.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return Arguments.run(describe(), arguments, console, options -> run(options, console));
    }

    private CommandSpec describe() {
        CommandSpec spec = Arguments.describe(this);
        spec.addOption(OptionSpec.builder(COUNT)
                .paramLabel("N")
                .type(Integer.class)
                .defaultValue(Integer.toString(DEFAULT_COUNT))
                .description("How many. Default: ${DEFAULT-VALUE}.")
                .build());
        spec.addOption(OptionSpec.builder(UNTOLD)
                .description(
                        "Go on although the guests cannot be told that they are clones: the one that was saved has no"
                                + " generation counter, and all will have the same random numbers.")
                .build());
        SavedGuest.describeMachine(spec);
        KvmOption.addTo(spec);
        spec.usageMessage()
                .footer(
                        "Each guest gets the devices again that it had: give them as they were given to 'run', in the same"
                                + " order. In their options, {n} is the guest's number, from 1: --disk base.img,overlay=own-{n}.img. What guests"
                                + " print comes line by line, each with the guest's number before it.");
        return spec;
    }

    private static int run(ParseResult options, Console console) {
        int count = options.matchedOptionValue(COUNT, DEFAULT_COUNT);
        if (count < 1) {
            throw new UsageException(COUNT + ": " + count + " is less than 1");
        }
        SavedGuest saved = SavedGuest.read(options);
        Deque<Vm> guests = new ArrayDeque<>();
        Deque<LineOutput> outputs = new ArrayDeque<>();
        try (Hypervisor kvm = KvmOption.read(options).open();
                VmTemplate template = VmTemplate.of(saved.snapshot())) {
            for (int number = 1; number <= count; number++) {
                LineOutput output = new LineOutput(number + ": ", console.out());
                outputs.add(output);
                Vm guest = builder(kvm, saved, number, output)
                        .restore(template)
                        .identity(identity(options))
                        .build();
                guests.add(guest);
                guest.start();
                console.err().println("microlith: guest " + number + " goes on: " + guest.timings());
            }
            return await(guests, console);
        } finally {
            guests.forEach(Vm::close);
            outputs.forEach(LineOutput::close);
        }
    }

    private static CloneIdentity identity(ParseResult options) {
        CloneIdentity fresh = CloneIdentity.fresh();
        return options.hasMatchedOption(UNTOLD) ? fresh.waiveTelling() : fresh;
    }

    private static VmBuilder builder(Hypervisor kvm, SavedGuest saved, int number, LineOutput output) {
        VmBuilder builder = saved.on(kvm, DeviceOptions.read(saved.options(), number));
        ConsoleSettings console = DeviceOptions.console(saved.options(), number);
        console.device(() -> StreamPort.to(output))
                .map(io.microlith.virtio.console.Console::with)
                .ifPresent(builder::device);
        if (console.kind() == ConsoleSettings.Kind.SERIAL) {
            builder.device(Serial.to(output));
        }
        return builder;
    }

    /** Waits for all to end. Returns the first status that is not that of success. */
    private static int await(Deque<Vm> guests, Console console) {
        int status = 0;
        for (Vm guest : guests) {
            VmOutcome outcome = guest.outcome().toCompletableFuture().join();
            OutcomeReport.print(outcome, console.err());
            status = status != 0 ? status : outcome.exitStatus();
        }
        return status;
    }
}
