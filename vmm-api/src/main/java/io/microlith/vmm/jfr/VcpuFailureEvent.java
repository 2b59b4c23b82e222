// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A vCPU stopped for good. */
@Name("io.microlith.VcpuFailure")
@Label("vCPU Failure")
@Description("A vCPU cannot go on: a triple fault, a failed emulation, or an exit that nothing handles")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VcpuFailureEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("vCPU")
    private final int vcpu;

    @Label("Reason")
    private final String reason;

    @Label("Fault")
    @Description("The reason, the instruction and the registers")
    private final String fault;

    private VcpuFailureEvent(String vm, int vcpu, String reason, String fault) {
        this.vm = vm;
        this.vcpu = vcpu;
        this.reason = reason;
        this.fault = fault;
    }

    /** Records one. */
    public static void record(String vm, int vcpu, String reason, String fault) {
        new VcpuFailureEvent(vm, vcpu, reason, fault).commit();
    }
}
