// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A VM's life went on: it runs, is paused, was reset, has ended, was closed. */
@Name("io.microlith.VmState")
@Label("VM State")
@Description("A VM was started, paused, resumed, reset, ended or closed")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VmStateEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("State")
    private final String state;

    private VmStateEvent(String vm, String state) {
        this.vm = vm;
        this.state = state;
    }

    /** Records one. */
    public static void record(String vm, String state) {
        new VmStateEvent(vm, state).commit();
    }
}
