// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A device's life went on. */
@Name("io.microlith.VirtioState")
@Label("Virtio Device State")
@Description("A virtio device became active, was reset, or needs a reset")
@Category("Microlith")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VirtioStateEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Device")
    private final String device;

    @Label("State")
    private final String state;

    @Label("Details")
    @Description("The features that were agreed upon, or why the device needs a reset")
    private final String details;

    private VirtioStateEvent(String vm, String device, String state, String details) {
        this.vm = vm;
        this.device = device;
        this.state = state;
        this.details = details;
    }

    /** Records one. */
    public static void record(String vm, String device, String state, String details) {
        new VirtioStateEvent(vm, device, state, details).commit();
    }
}
