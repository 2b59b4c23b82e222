// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import io.microlith.snapshot.AutomaticRecording;
import io.microlith.snapshot.RestoreStrategy;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmListener;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** A guest that goes on, and how long it took to: up to its first answer, which is what it prints, or what it says. */
final class RestoredGuest {
    private final SavedGuest saved;
    private final RestoreStrategy strategy;
    private final String answer;
    private volatile @Nullable Vm machine;

    /**
     * Of a snapshot.
     *
     * @param answer what the guest prints when it has answered; anything, if that is empty
     */
    RestoredGuest(SavedGuest saved, RestoreStrategy strategy, String answer) {
        this.saved = saved;
        this.strategy = strategy;
        this.answer = answer;
    }

    /** Makes the machine. */
    Vm make(Hypervisor kvm, GuestConsole console) {
        console.whenPrinted(answer, this::responded);
        Vm made = saved.build(kvm, console, strategy, VmListener.NONE);
        machine = made;
        return made;
    }

    private void responded() {
        Vm known = machine;
        if (known != null) {
            known.responded();
        }
    }

    /** Says how long it took, and what came of the working set. When the machine is closed. */
    void report(PrintStream to) {
        Vm known = machine;
        if (known != null) {
            to.println("microlith: restored: " + known.timings());
        }
        if (strategy instanceof AutomaticRecording recording) {
            report(recording.statistics(), to);
        }
    }

    private static void report(AutomaticRecording.Statistics found, PrintStream to) {
        if (found.machines() > 0) {
            to.println("microlith: " + found.known() + " pages were known to be wanted, and " + found.missed()
                    + " were missed" + (found.saved() > 0 ? ": these are known now, too" : ""));
        }
    }
}
