// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.jfr.UnmappedAccessEvent;
import io.microlith.vmm.jfr.VcpuExitsEvent;
import io.microlith.vmm.jfr.VcpuFailureEvent;
import io.microlith.vmm.jfr.VmEndEvent;
import io.microlith.vmm.jfr.VmResponseEvent;
import io.microlith.vmm.jfr.VmStartEvent;
import io.microlith.vmm.jfr.VmStateEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What a VM says in a flight recording, if one is being made.
 *
 * <p>If none is, this costs the loading of one small class: touching any event class would have the JVM set up all of
 * JFR, four hundred classes, and so everything here looks first whether somebody else did. A recording that begins
 * later is noticed with the next event, or within some exits.
 */
final class FlightRecording implements VmListener {
    /** A run-time image made for an application may be without JFR. */
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private final String vm;
    private final ExitCounts[] vcpus;

    /** What JFR calls for samples, from the first look at a recorder until the VM is closed. */
    private final AtomicReference<@Nullable Runnable> sampler = new AtomicReference<>();

    private volatile boolean closed;

    FlightRecording(String vm, int vcpus) {
        this.vm = vm;
        this.vcpus = new ExitCounts[vcpus];
        for (int i = 0; i < vcpus; i++) {
            this.vcpus[i] = new ExitCounts(this);
        }
    }

    /** The counts that a vCPU's thread keeps. */
    ExitCounts counts(int vcpu) {
        return vcpus[vcpu];
    }

    /** Whether there may be a recording. Sees to the sampling of exits, too. Any thread, at any time; cheap. */
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
            VcpuExitsEvent.sample(mine);
            if (closed) {
                VcpuExitsEvent.unsample(mine);
            }
        }
    }

    private void sample() {
        for (int vcpu = 0; vcpu < vcpus.length; vcpu++) {
            for (ExitReason reason : ExitReason.values()) {
                long count = vcpus[vcpu].of(reason);
                if (count > 0) {
                    VcpuExitsEvent.record(vm, vcpu, reason.name(), count);
                }
            }
        }
    }

    @Override
    public void onState(VmState state) {
        if (state == VmState.CLOSED) {
            endSampling();
        }
        if (isOn()) {
            VmStateEvent.record(vm, state.name());
        }
    }

    private void endSampling() {
        closed = true;
        Runnable mine = sampler.get();
        if (mine != null) {
            VcpuExitsEvent.unsample(mine);
        }
    }

    @Override
    public void onReset() {
        if (isOn()) {
            VmStateEvent.record(vm, "RESET");
        }
    }

    @Override
    public void onVcpuFailed(VcpuFault fault) {
        if (isOn()) {
            VcpuFailureEvent.record(vm, fault.vcpu(), fault.reason(), fault.toString());
        }
    }

    @Override
    public void onUnmappedAccess(String description, long count) {
        if (isOn()) {
            UnmappedAccessEvent.record(vm, description, count);
        }
    }

    /** The VM's guest begins to run for the first time. */
    void onEntered(VmTimings timings) {
        if (isOn()) {
            VmStartEvent.record(
                    vm,
                    timings.open(),
                    timings.memory(),
                    timings.workingSet().orElse(Duration.ZERO),
                    timings.hypervisor(),
                    timings.devices(),
                    timings.processors(),
                    timings.start().orElse(Duration.ZERO));
        }
    }

    /** The VM's guest has responded for the first time. */
    void onResponded(VmTimings timings) {
        if (isOn()) {
            VmResponseEvent.record(
                    vm,
                    timings.response().orElse(Duration.ZERO),
                    timings.workingSet().orElse(Duration.ZERO));
        }
    }

    /** The VM has ended. */
    void onOutcome(VmOutcome outcome) {
        if (isOn()) {
            VmEndEvent.record(vm, outcome.getClass().getSimpleName(), outcome.toString(), outcome.exitStatus());
        }
    }
}
