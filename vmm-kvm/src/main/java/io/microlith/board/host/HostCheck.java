// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.host;

import io.microlith.board.state.GuestTime;
import io.microlith.board.state.ProcessorState;
import io.microlith.kvm.VcpuBlock;
import io.microlith.kvm.abi.KvmCap;
import io.microlith.vmm.HostDifference;
import io.microlith.vmm.HostDifference.Kind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The vCPUs of a saved machine against a host. For one thread. */
public final class HostCheck {
    private final HostOffer host;
    private final CpuidLeaves cpuid;

    /** Most are of every vCPU, and said once. */
    private final Set<HostDifference> found = new LinkedHashSet<>();

    /** Begins. */
    public HostCheck(HostOffer host) {
        this.host = host;
        cpuid = new CpuidLeaves(host.cpuid());
    }

    /**
     * Looks at one vCPU. One that was saved before CPUID was is looked at as far as the rest of it says what it needs.
     */
    public HostCheck add(ProcessorState vcpu) {
        CpuidLeaves promised = new CpuidLeaves(vcpu.cpuid());
        if (!vcpu.cpuid().isEmpty()) {
            CpuidCheck check = new CpuidCheck(promised, cpuid, found::add);
            check.run();
            if (check.needsDeadlineTimer()) {
                need(KvmCap.KVM_CAP_TSC_DEADLINE_TIMER, "the guest's local APIC has a deadline timer");
            }
        }
        new XsaveCheck(promised, cpuid, found::add).run(vcpu);
        new MsrCheck(host, found::add).run(vcpu.msrs());
        for (VcpuBlock block : VcpuBlock.values()) {
            if (vcpu.blocks().containsKey(block)) {
                capability(block).ifPresent(needed -> need(needed, "the guest's state has " + block));
            }
        }
        need(KvmCap.KVM_CAP_ADJUST_CLOCK, "the guest's clock goes on from where it was");
        speed(vcpu.time());
        return this;
    }

    /** What was found, in the order in which it was. */
    public List<HostDifference> differences() {
        return List.copyOf(found);
    }

    /** The capability that a part of a vCPU's state is put back with. */
    private static Optional<KvmCap> capability(VcpuBlock block) {
        return switch (block) {
            case SPECIAL_REGISTERS_2 -> Optional.of(KvmCap.KVM_CAP_SREGS2);
            case XCRS -> Optional.of(KvmCap.KVM_CAP_XCRS);
            case XSAVE, XSAVE_2 -> Optional.of(KvmCap.KVM_CAP_XSAVE);
            case DEBUG_REGISTERS -> Optional.of(KvmCap.KVM_CAP_DEBUGREGS);
            case EVENTS -> Optional.of(KvmCap.KVM_CAP_VCPU_EVENTS);
            case MP_STATE, SPECIAL_REGISTERS, REGISTERS, FPU, LAPIC -> Optional.empty();
        };
    }

    private void need(KvmCap capability, String reason) {
        if (!host.capabilities().test(capability)) {
            found.add(new HostDifference(Kind.HYPERVISOR, capability.name(), reason, "this host's KVM lacks it"));
        }
    }

    private void speed(GuestTime saved) {
        if (saved.khz() == 0 || host.capabilities().test(KvmCap.KVM_CAP_TSC_CONTROL)) {
            return;
        }
        int here = host.tscKhz().getAsInt();
        if (here != 0 && !saved.isSpeed(here)) {
            found.add(new HostDifference(
                    Kind.CLOCK,
                    "TSC",
                    "the guest has " + saved.khz() + " kHz",
                    "this host has " + here + " kHz, and KVM cannot scale it (KVM_CAP_TSC_CONTROL)"));
        }
    }
}
