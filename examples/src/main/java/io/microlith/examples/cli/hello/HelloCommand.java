// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

import io.microlith.board.PcBoard;
import io.microlith.board.legacy.Serial;
import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.command.KvmOption;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Size;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code hello}: the built-in guest, which prints, computes, and ends with a status. */
public final class HelloCommand implements Command {
    private static final String PRIMES = "--primes";
    private static final String STATUS = "--status";

    /** Room for the guest, and for a sieve of its largest limit. */
    private static final Size MEMORY = Size.mebibytes(32);

    /** Makes the command. */
    public HelloCommand() {}

    @Override
    public String name() {
        return "hello";
    }

    @Override
    public String summary() {
        return "Run the built-in guest: it prints, computes, and ends with a status.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        if (arguments.isEmpty()) {
            try (Hypervisor kvm = KvmHypervisor.open()) {
                return run(kvm, new HelloGuest(HelloGuest.DEFAULT_LIMIT, ExitStatus.OK), console);
            }
        }
        return Arguments.run(options(), arguments, console, options -> run(options, console));
    }

    private CommandSpec options() {
        return KvmOption.addTo(Arguments.describe(this)
                .addOption(OptionSpec.builder(PRIMES)
                        .paramLabel("N")
                        .type(int.class)
                        .defaultValue(String.valueOf(HelloGuest.DEFAULT_LIMIT))
                        .description("Count the primes below N. Default: ${DEFAULT-VALUE}.")
                        .build())
                .addOption(OptionSpec.builder(STATUS)
                        .paramLabel("N")
                        .type(int.class)
                        .defaultValue(String.valueOf(ExitStatus.OK))
                        .description("What the guest ends with, and so this command. Default: ${DEFAULT-VALUE}.")
                        .build()));
    }

    private static int run(ParseResult options, Console console) {
        HelloGuest guest = guest(options);
        try (Hypervisor kvm = KvmOption.read(options).open()) {
            return run(kvm, guest, console);
        }
    }

    private static HelloGuest guest(ParseResult options) {
        int limit = options.matchedOptionValue(PRIMES, HelloGuest.DEFAULT_LIMIT);
        int status = options.matchedOptionValue(STATUS, ExitStatus.OK);
        return new HelloGuest(limit, status);
    }

    /** Names the board, for which the SDK would otherwise look through every jar, and leaves out what nobody needs. */
    private static int run(Hypervisor kvm, HelloGuest guest, Console console) {
        try (Vm vm = VmBuilder.on(kvm)
                .board(PcBoard.lean())
                .memory(MEMORY)
                .boot(guest.image())
                .device(Serial.to(console.out()))
                .build()) {
            return vm.run().exitStatus();
        }
    }
}
