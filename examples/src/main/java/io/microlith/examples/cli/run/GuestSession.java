// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.examples.cli.command.Console;
import io.microlith.examples.cli.command.ExitStatus;
import io.microlith.examples.cli.command.KvmDevice;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmOutcome;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A VM with its console on the terminal, from its start to its end.
 *
 * @param kvm the KVM it runs on
 * @param control where other programs reach the VM, if they are to
 * @param statistics whether to say at the end what the run cost
 */
record GuestSession(KvmDevice kvm, Optional<Path> control, boolean statistics) {
    /** Makes the VM. */
    @FunctionalInterface
    interface Maker {
        /** Makes it on a host, with a console. */
        Vm make(Hypervisor host, GuestConsole guest);
    }

    /** Runs it. Returns the status to end with. */
    int run(Maker maker, Console console) {
        RunStatistics measured = new RunStatistics();
        int status;
        try (Hypervisor host = kvm.open();
                GuestConsole guest = new GuestConsole();
                Vm vm = maker.make(host, guest);
                // Before the VM is closed, which a snapshot that is being written keeps from it.
                @Nullable
                        ControlSocket _ = control.map(path -> ControlSocket.open(path, vm))
                                .orElse(null)) {
            if (guest.isTerminal()) {
                console.err().println("microlith: this is the guest's console; Ctrl-A x ends it");
            }
            guest.begin();
            measured.begin(vm);
            status = await(vm, guest, console);
            measured.end();
        }
        if (statistics) {
            measured.print(console.err());
        }
        return status;
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
