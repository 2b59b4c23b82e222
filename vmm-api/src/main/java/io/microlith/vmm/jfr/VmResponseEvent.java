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

/** A VM's guest has responded, for the first time. */
@Name("io.microlith.VmResponse")
@Label("VM Response")
@Description("A VM's guest has responded for the first time, as it or the embedder says: how long that took")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VmResponseEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Response")
    @Description("From when the first vCPU went into the guest")
    @Timespan
    private final long response;

    @Label("Working Set")
    @Description("What its guest wanted first of its memory; zero if there is none, or it goes on")
    @Timespan
    private final long workingSet;

    private VmResponseEvent(String vm, Duration response, Duration workingSet) {
        this.vm = vm;
        this.response = response.toNanos();
        this.workingSet = workingSet.toNanos();
    }

    /** Records one. */
    public static void record(String vm, Duration response, Duration workingSet) {
        new VmResponseEvent(vm, response, workingSet).commit();
    }
}
