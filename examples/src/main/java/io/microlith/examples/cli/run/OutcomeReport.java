// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.VmOutcome;
import java.io.PrintStream;

/** Says how a guest ended, if that is not how guests should end. */
final class OutcomeReport {
    private OutcomeReport() {}

    /** Prints one line for what the guest or the host did wrong, and for a vCPU that stopped where it stopped. */
    static void print(VmOutcome outcome, PrintStream err) {
        switch (outcome) {
            case VmOutcome.Panicked panic -> err.println("microlith: the guest panicked: " + panic.message());
            case VmOutcome.TripleFault end -> print("the guest triple-faulted", end.fault(), err);
            case VmOutcome.EmulationFailed end -> print("KVM cannot emulate an instruction", end.fault(), err);
            case VmOutcome.UnhandledExit end -> print("the guest did what nothing here handles", end.fault(), err);
            case VmOutcome.HostError end ->
                err.println("microlith: " + end.cause().getMessage());
            case VmOutcome.Interrupted _ -> err.println("microlith: the guest was interrupted");
            case VmOutcome.Shutdown _, VmOutcome.Reset _, VmOutcome.Exited _, VmOutcome.Stopped _ -> {}
        }
    }

    private static void print(String what, VcpuFault fault, PrintStream err) {
        err.println("microlith: " + what + ": vCPU " + fault.vcpu() + ": " + fault.reason());
        fault.toString().lines().skip(1).forEach(line -> err.println("  " + line));
    }
}
