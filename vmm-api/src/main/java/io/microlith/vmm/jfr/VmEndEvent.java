// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A VM ended with an outcome. */
@Name("io.microlith.VmEnd")
@Label("VM End")
@Description("A VM ended: how, and with which exit status")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VmEndEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Outcome")
    private final String outcome;

    @Label("Details")
    private final String details;

    @Label("Exit Status")
    private final int exitStatus;

    private VmEndEvent(String vm, String outcome, String details, int exitStatus) {
        this.vm = vm;
        this.outcome = outcome;
        this.details = details;
        this.exitStatus = exitStatus;
    }

    /** Records one. */
    public static void record(String vm, String outcome, String details, int exitStatus) {
        new VmEndEvent(vm, outcome, details, exitStatus).commit();
    }
}
