// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A VM's guest begins to run, for the first time. */
@Name("io.microlith.VmStart")
@Label("VM Start")
@Description("A VM's guest begins to run for the first time: how long its phases took until then")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VmStartEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Open")
    @Description("Reading and checking what was saved of it, but for its memory")
    @Timespan
    private final long open;

    @Label("Memory")
    @Timespan
    private final long memory;

    @Label("Working Set")
    @Description("Of the memory, what its guest will want first; zero if there is none, or it goes on")
    @Timespan
    private final long workingSet;

    @Label("Hypervisor")
    @Timespan
    private final long hypervisor;

    @Label("Devices")
    @Timespan
    private final long devices;

    @Label("Processors")
    @Timespan
    private final long processors;

    @Label("Start")
    @Description("From the call that starts it until the first vCPU goes into the guest")
    @Timespan
    private final long start;

    private VmStartEvent(
            String vm,
            Duration open,
            Duration memory,
            Duration workingSet,
            Duration hypervisor,
            Duration devices,
            Duration processors,
            Duration start) {
        this.vm = vm;
        this.open = open.toNanos();
        this.memory = memory.toNanos();
        this.workingSet = workingSet.toNanos();
        this.hypervisor = hypervisor.toNanos();
        this.devices = devices.toNanos();
        this.processors = processors.toNanos();
        this.start = start.toNanos();
    }

    /** Records one. */
    public static void record(
            String vm,
            Duration open,
            Duration memory,
            Duration workingSet,
            Duration hypervisor,
            Duration devices,
            Duration processors,
            Duration start) {
        new VmStartEvent(vm, open, memory, workingSet, hypervisor, devices, processors, start).commit();
    }
}
