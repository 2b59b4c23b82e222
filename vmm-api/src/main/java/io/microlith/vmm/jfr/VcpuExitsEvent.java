// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** How often a vCPU left the guest, by reason. */
@Name("io.microlith.VcpuExits")
@Label("vCPU Exits")
@Description("How often a vCPU left the guest for one reason, since it was made; one event for each reason")
@Category("Microlith")
@Period("1 s")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VcpuExitsEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("vCPU")
    private final int vcpu;

    @Label("Reason")
    private final String reason;

    @Label("Count")
    private final long count;

    private VcpuExitsEvent(String vm, int vcpu, String reason, long count) {
        this.vm = vm;
        this.vcpu = vcpu;
        this.reason = reason;
        this.count = count;
    }

    /** Records one. */
    public static void record(String vm, int vcpu, String reason, long count) {
        new VcpuExitsEvent(vm, vcpu, reason, count).commit();
    }

    /** Has a sampler run at the period that the recording asks for, until it is {@linkplain #unsample removed}. */
    public static void sample(Runnable sampler) {
        FlightRecorder.addPeriodicEvent(VcpuExitsEvent.class, sampler);
    }

    /** Ends what {@link #sample} began. */
    public static void unsample(Runnable sampler) {
        var _ = FlightRecorder.removePeriodicEvent(sampler);
    }
}
