// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.linux.ProcessorSet;
import io.microlith.vmm.error.HypervisorException;
import java.util.concurrent.atomic.AtomicLong;

/** What a VM does about the things its vCPU threads tell. */
final class VcpuReports implements VcpuEvents {
    private final VmConfig config;
    private final Platform platform;
    private final Conclusions conclusions;
    private final Announcements announcements;
    private final Runnable entered;
    private final AtomicLong unmapped = new AtomicLong();

    VcpuReports(
            VmConfig config,
            Platform platform,
            Conclusions conclusions,
            Announcements announcements,
            Runnable entered) {
        this.config = config;
        this.platform = platform;
        this.conclusions = conclusions;
        this.announcements = announcements;
        this.entered = entered;
    }

    @Override
    public void onThreadStart(Vcpu vcpu) {
        vcpu.bindToThread();
        platform.admit(vcpu);
        if (!config.processors().isEmpty()) {
            // Last, since whoever builds the machine meanwhile may be on that processor.
            ProcessorSet.of(config.processors().get(vcpu.index())).restrictThread();
        }
    }

    @Override
    public void onPowerOn(Vcpu vcpu) {
        platform.powerOn(vcpu);
    }

    @Override
    public void onRun() {
        entered.run();
    }

    @Override
    public void onExit(Vcpu vcpu, ExitReason reason) {
        switch (reason) {
            case SYSTEM_SHUTDOWN -> conclusions.shutdown();
            case SYSTEM_RESET -> conclusions.reset();
            case SYSTEM_CRASH -> conclusions.panicked("the guest reported a crash");
            case HOST_ERROR ->
                conclusions.hostFailed(new HypervisorException(vcpu.fault().reason()));
            default -> {
                VcpuFault fault = vcpu.fault();
                conclusions.vcpuFailed(outcome(reason, fault), fault);
            }
        }
    }

    private static VmOutcome outcome(ExitReason reason, VcpuFault fault) {
        return switch (reason) {
            case TRIPLE_FAULT -> new VmOutcome.TripleFault(fault);
            case EMULATION_FAILED -> new VmOutcome.EmulationFailed(fault);
            default -> new VmOutcome.UnhandledExit(fault);
        };
    }

    @Override
    public void onUnmapped(String space, VcpuExit exit) {
        long count = unmapped.incrementAndGet();
        if (Long.bitCount(count) == 1) {
            String access = VcpuThread.describe(space, exit);
            announcements.tell(listener -> listener.onUnmappedAccess(access, count));
        }
    }

    @Override
    public void onFailure(Vcpu vcpu, Throwable cause) {
        conclusions.hostFailed(cause);
    }
}
