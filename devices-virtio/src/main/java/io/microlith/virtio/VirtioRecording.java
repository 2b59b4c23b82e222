// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.virtio.jfr.VirtioQueueEvent;
import io.microlith.virtio.jfr.VirtioStateEvent;
import io.microlith.virtio.queue.QueueCounts;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What a device says in a flight recording, if one is being made. If none is, this touches no class that would have the
 * JVM set JFR up, and costs a look now and then. Any thread.
 */
final class VirtioRecording {
    /** A run-time image made for an application may be without JFR. */
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    /** Every so many notifications of a queue, the recorder is asked for. */
    private static final long LOOK_MASK = 0xff;

    private final String vm;
    private final String device;
    private final List<QueueCounts> queues;

    /** What JFR calls for samples, from the first look at a recorder until the device is closed. */
    private final AtomicReference<@Nullable Runnable> sampler = new AtomicReference<>();

    private volatile boolean closed;

    VirtioRecording(String vm, String device, List<QueueCounts> queues) {
        this.vm = vm;
        this.device = device;
        this.queues = List.copyOf(queues);
    }

    /** Whether there may be a recording. Sees to the sampling of queues, too. */
    boolean isOn() {
        if (!PRESENT || !FlightRecorder.isInitialized()) {
            return false;
        }
        if (sampler.get() == null && !closed) {
            beginSampling();
        }
        return true;
    }

    private void beginSampling() {
        Runnable mine = this::sample;
        if (sampler.compareAndSet(null, mine)) {
            VirtioQueueEvent.sample(mine);
            if (closed) {
                VirtioQueueEvent.unsample(mine);
            }
        }
    }

    private void sample() {
        for (int queue = 0; queue < queues.size(); queue++) {
            QueueCounts counts = queues.get(queue);
            if (counts.notifications() > 0) {
                VirtioQueueEvent.record(vm, device, queue, counts);
            }
        }
    }

    /** A queue was notified of: on the hot path. */
    void notified(int queue) {
        if ((queues.get(queue).notified() & LOOK_MASK) == 1) {
            var _ = isOn();
        }
    }

    /** The device's life went on. */
    void state(String state, String details) {
        if (isOn()) {
            VirtioStateEvent.record(vm, device, state, details);
        }
    }

    void close() {
        closed = true;
        Runnable mine = sampler.get();
        if (mine != null) {
            VirtioQueueEvent.unsample(mine);
        }
    }
}
