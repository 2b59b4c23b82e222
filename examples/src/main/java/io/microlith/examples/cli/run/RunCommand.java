// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcBoard;
import io.microlith.board.PcPart;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.memory.Overcommit;
import java.util.List;

/** {@code run}: a VMM with the guest's console on the terminal. */
public final class RunCommand implements Command {
    /** Makes the command. */
    public RunCommand() {}

    @Override
    public String name() {
        return "run";
    }

    @Override
    public String summary() {
        return "Run a kernel, with its console on the terminal.";
    }

    @Override
    public int run(List<String> arguments, Console console) {
        return new RunOptions(this, console)
                .read(arguments)
                .map(settings -> run(settings, console))
                .orElse(ExitStatus.OK);
    }

    private static int run(RunSettings settings, Console console) {
        return settings.session().run((kvm, guest) -> build(kvm, settings, guest), console);
    }

    private static Vm build(Hypervisor kvm, RunSettings settings, GuestConsole guest) {
        VmBuilder builder = VmBuilder.on(kvm);
        if (settings.overcommit() == Overcommit.ALLOW) {
            builder.overcommit();
        }
        settings.devices().forEach(builder::device);
        guest.addTo(builder, settings.console());
        return builder.board(new PcBoard().without(settings.missing().toArray(PcPart[]::new)))
                .memory(settings.memory())
                .pages(settings.pages())
                .trackWrites(settings.tracking())
                .vcpus(settings.vcpus())
                .pin(settings.processors().stream().mapToInt(Integer::intValue).toArray())
                .onReset(settings.onReset())
                .boot(settings.boot().protocol())
                .build();
    }
}
