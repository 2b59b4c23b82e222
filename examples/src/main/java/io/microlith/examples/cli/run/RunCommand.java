// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.board.PcBoard;
import io.microlith.board.PcPart;
import io.microlith.board.boot.KernelBoot;
import io.microlith.examples.cli.command.Command;
import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;
import io.microlith.vmm.VmOutcome;
import io.microlith.vmm.memory.Overcommit;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
        RunStatistics statistics = new RunStatistics();
        int status;
        try (Hypervisor kvm = KvmHypervisor.open(settings.kvm());
                GuestConsole guest = new GuestConsole();
                Vm vm = build(kvm, settings, guest)) {
            if (guest.isTerminal()) {
                console.err().println("microlith: this is the guest's console; Ctrl-A x ends it");
            }
            guest.begin();
            statistics.begin(vm);
            status = await(vm, guest, console);
            statistics.end();
        }
        if (settings.statistics()) {
            statistics.print(console.err());
        }
        return status;
    }

    private static Vm build(Hypervisor kvm, RunSettings settings, GuestConsole guest) {
        KernelBoot boot = KernelBoot.kernel(settings.kernel())
                .commandLine(settings.commandLine())
                .virtio(settings.virtio());
        VmBuilder builder = VmBuilder.on(kvm);
        if (settings.overcommit() == Overcommit.ALLOW) {
            builder.overcommit();
        }
        settings.devices().forEach(builder::device);
        settings.console().device(guest::backend).map(guest::virtio).ifPresent(builder::device);
        if (settings.console().kind() == ConsoleSettings.Kind.SERIAL) {
            builder.device(guest.port());
        }
        return builder.board(new PcBoard().without(settings.missing().toArray(PcPart[]::new)))
                .memory(settings.memory())
                .pages(settings.pages())
                .vcpus(settings.vcpus())
                .pin(settings.processors().stream().mapToInt(Integer::intValue).toArray())
                .onReset(settings.onReset())
                .boot(settings.initrd().map(boot::initrd).orElse(boot))
                .build();
    }

    private static int await(Vm vm, GuestConsole guest, Console console) {
        CompletableFuture<VmOutcome> outcome = vm.outcome().toCompletableFuture();
        vm.start();
        var _ = CompletableFuture.anyOf(outcome, guest.quit()).join();
        if (!outcome.isDone()) {
            vm.stop();
            return ExitStatus.OK;
        }
        // The last of the guest's words come before ours.
        vm.close();
        guest.close();
        OutcomeReport.print(outcome.join(), console.err());
        return outcome.join().exitStatus();
    }
}
