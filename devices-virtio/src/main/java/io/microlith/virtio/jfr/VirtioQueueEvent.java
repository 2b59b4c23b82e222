// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.jfr;

import io.microlith.virtio.queue.QueueCounts;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** What went through a queue. */
@Name("io.microlith.VirtioQueue")
@Label("Virtio Queue")
@Description("What went through a queue of a virtio device, since the device was made")
@Category("Microlith")
@Period("1 s")
@StackTrace(false)
@SuppressWarnings("unused") // the recorder reads the fields
public final class VirtioQueueEvent extends Event {
    @Label("VM")
    private final String vm;

    @Label("Device")
    private final String device;

    @Label("Queue")
    private final int queue;

    @Label("Chains")
    @Description("How many chains of buffers were given back to the driver")
    private final long chains;

    @Label("Read")
    @Description("The bytes of all buffers that the device could read")
    @DataAmount
    private final long read;

    @Label("Written")
    @Description("The bytes that the device wrote into buffers")
    @DataAmount
    private final long written;

    @Label("Notifications")
    @Description("How often the device looked at the queue because it was notified")
    private final long notifications;

    @Label("Interrupts")
    private final long interrupts;

    private VirtioQueueEvent(String vm, String device, int queue, QueueCounts counts) {
        this.vm = vm;
        this.device = device;
        this.queue = queue;
        chains = counts.chains();
        read = counts.read();
        written = counts.written();
        notifications = counts.notifications();
        interrupts = counts.interrupts();
    }

    /** Records one. */
    public static void record(String vm, String device, int queue, QueueCounts counts) {
        new VirtioQueueEvent(vm, device, queue, counts).commit();
    }

    /** Has a sampler run at the period that the recording asks for, until it is {@linkplain #unsample removed}. */
    public static void sample(Runnable sampler) {
        FlightRecorder.addPeriodicEvent(VirtioQueueEvent.class, sampler);
    }

    /** Ends what {@link #sample} began. */
    public static void unsample(Runnable sampler) {
        var _ = FlightRecorder.removePeriodicEvent(sampler);
    }
}
