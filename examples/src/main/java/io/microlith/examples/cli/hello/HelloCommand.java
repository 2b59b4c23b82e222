// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.hello;

import io.microlith.board.PcBoard;
import io.microlith.examples.cli.command.Arguments;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code hello}: the built-in guest, which prints, computes, and ends with a status. */
public final class HelloCommand implements Command {
    private static final String PRIMES = "--primes";
    private static final String STATUS = "--status";

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
            return run(new HelloGuest(HelloGuest.DEFAULT_LIMIT, ExitStatus.OK), console);
        }
        return Arguments.parse(options(), arguments, console)
                .map(options -> run(guest(options), console))
                .orElse(ExitStatus.OK);
    }

    private CommandSpec options() {
        return Arguments.describe(this)
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
                        .build());
    }

    private static HelloGuest guest(ParseResult options) {
        int limit = options.matchedOptionValue(PRIMES, HelloGuest.DEFAULT_LIMIT);
        int status = options.matchedOptionValue(STATUS, ExitStatus.OK);
        return new HelloGuest(limit, status);
    }

    /** Named parts, where an embedder would let the SDK look for them: no jar has to be opened. */
    private static int run(HelloGuest guest, Console console) {
        AtomicReference<Vm> self = new AtomicReference<>();
        int[] status = {0};
        try (Hypervisor kvm = KvmHypervisor.open();
                Vm vm = VmBuilder.on(kvm)
                        .board(new PcBoard())
                        .memory(Size.mebibytes(32))
                        .boot(guest.image())
                        .pio(0x3f8, 8, new PioDevice() {
                            @Override
                            public int read(int offset, int size) {
                                return 0;
                            }

                            @Override
                            public void write(int offset, int size, int value) {
                                console.out().write(value);
                            }
                        })
                        .pio(0xf4, 4, new PioDevice() {
                            @Override
                            public int read(int offset, int size) {
                                return 0;
                            }

                            @Override
                            public void write(int offset, int size, int value) {
                                status[0] = value;
                                self.get().interrupt();
                            }
                        })
                        .build()) {
            self.set(vm);
            VmOutcome outcome = vm.run();
            return status[0];
        }
    }
}
