// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.board.host.MsrName;
import io.microlith.kvm.CpuFeature;
import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.HostProfile;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmLapic;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import io.microlith.kvm.MsrValue;
import io.microlith.kvm.abi.KvmCap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the processors of a VM are: derived from what the host supports, so that it is safe on it, and from how many
 * there are. Immutable; any thread.
 */
public final class CpuTemplate {
    private static final int IA32_TSC = 0x10;
    private static final int IA32_MISC_ENABLE = 0x1a0;
    private static final int IA32_MTRR_DEF_TYPE = 0x2ff;

    /** Fast string operations, which firmware switches on. */
    private static final long MISC_ENABLE_FAST_STRING = 1;

    /** MTRRs on, and all memory that no other one names is write-back, as firmware leaves it. */
    private static final long MTRR_ENABLED_WRITE_BACK = 1 << 11 | 6;

    private static final int ADDRESS_SIZES = 0x8000_0008;

    /** What processors without that leaf have. */
    private static final int DEFAULT_ADDRESS_BITS = 36;

    // Local vectors (Intel SDM volume 3, 12.5.1): delivery modes in bits 8 to 10.
    private static final int DELIVERY_EXTINT = 7 << 8;
    private static final int DELIVERY_NMI = 4 << 8;
    private static final int MASKED = 1 << 16;

    private final List<CpuidEntry> supported;
    private final CpuidFilter filter;
    private final List<Integer> stateMsrs;

    CpuTemplate(CpuTopology topology, List<CpuidEntry> supported, CpuidFilter.DeadlineTimer timer, List<Integer> msrs) {
        this.supported = List.copyOf(supported);
        filter = new CpuidFilter(topology, supported, timer);
        stateMsrs = List.copyOf(msrs);
    }

    /**
     * The processors of a VM with interrupt controllers in the kernel, on the host at hand. Asks it for the parts of
     * its profile that matter here, and no more: a machine need not wait for all of it.
     */
    public static CpuTemplate of(KvmHypervisor host, int vcpus) {
        return new CpuTemplate(
                new CpuTopology(vcpus),
                host.supportedCpuid(),
                timer(host.extension(KvmCap.KVM_CAP_TSC_DEADLINE_TIMER)),
                host.msrIndices());
    }

    /** The same, for a host of which there is a profile. It need not be this one. */
    public static CpuTemplate of(HostProfile host, int vcpus) {
        return new CpuTemplate(
                new CpuTopology(vcpus),
                host.cpuid(),
                timer(host.capabilities().getOrDefault(KvmCap.KVM_CAP_TSC_DEADLINE_TIMER, 0)),
                host.msrs());
    }

    private static CpuidFilter.DeadlineTimer timer(int capability) {
        return capability > 0 ? CpuidFilter.DeadlineTimer.PRESENT : CpuidFilter.DeadlineTimer.ABSENT;
    }

    /** How wide physical addresses are on a host: Intel SDM volume 2, CPUID leaf 0x80000008. */
    public static int addressBits(KvmHypervisor host) {
        for (CpuidEntry entry : host.supportedCpuid()) {
            if (entry.function() == ADDRESS_SIZES) {
                return entry.eax() & 0xff;
            }
        }
        return DEFAULT_ADDRESS_BITS;
    }

    /** What a vCPU answers to CPUID. */
    public List<CpuidEntry> cpuid(int index) {
        return filter.filter(supported, index);
    }

    /**
     * The model-specific registers a reset sets back to what they were. Without the TSC, which {@link #powerOnMsrs}
     * has: vCPUs that get theirs back one after the other would not agree on the time.
     */
    public List<Integer> stateMsrs() {
        return stateMsrs.stream().filter(msr -> msr != IA32_TSC).toList();
    }

    /** The model-specific registers that firmware would have written before it starts a kernel. */
    public List<MsrValue> powerOnMsrs() {
        List<MsrValue> values = new ArrayList<>();
        // Zero has KVM give the vCPU the same TSC as the others.
        values.add(new MsrValue(IA32_TSC, 0));
        if (stateMsrs.contains(IA32_MISC_ENABLE)) {
            values.add(new MsrValue(IA32_MISC_ENABLE, MISC_ENABLE_FAST_STRING));
        }
        if (CpuFeature.MTRR.in(supported)) {
            values.add(new MsrValue(IA32_MTRR_DEF_TYPE, MTRR_ENABLED_WRITE_BACK));
        }
        return List.copyOf(values);
    }

    /** Gives a vCPU its identity. Once, before its first run. */
    public void identify(KvmVcpu vcpu) {
        vcpu.cpuid(cpuid(vcpu.index()));
    }

    /**
     * Gives a vCPU the identity it had when it was saved. Before its first run.
     *
     * @param cpuid what it answered to CPUID; if that was not saved, what a vCPU here does
     */
    public void identify(KvmVcpu vcpu, List<CpuidEntry> cpuid) {
        vcpu.cpuid(cpuid.isEmpty() ? cpuid(vcpu.index()) : cpuid);
    }

    /**
     * What a vCPU here is given of the state of one that was saved, here or on another host.
     *
     * @param saved its state; registers that this host does not have and nobody used are left out
     */
    KvmVcpuState adopted(KvmVcpuState saved) {
        Set<Integer> known = Set.copyOf(stateMsrs);
        List<MsrValue> msrs = new ArrayList<>(saved.msrs());
        boolean some = msrs.removeIf(msr -> !known.contains(msr.index()) && MsrName.isUnused(msr));
        return some ? new KvmVcpuState(saved.blocks(), msrs) : saved;
    }

    /** All of a vCPU's state that a reset puts back. */
    public KvmVcpuState save(KvmVcpu vcpu) {
        return vcpu.save(stateMsrs());
    }

    /**
     * All of a vCPU's state that a machine has to have again when it is restored. With the TSC: vCPUs that get theirs
     * back within a second of each other are taken to agree on the time, by KVM.
     */
    public KvmVcpuState saveAll(KvmVcpu vcpu) {
        return vcpu.save(stateMsrs);
    }

    /**
     * Leaves a vCPU, which is in the state KVM made it with, as firmware would: MSRs, and the pins of its local APIC.
     */
    public void initialize(KvmVcpu vcpu) {
        vcpu.setMsrs(powerOnMsrs());
        // Virtual wire mode (MultiProcessor Specification 3.6.2.2): the 8259As reach the boot processor.
        new KvmLapic()
                .load(vcpu)
                .register(KvmLapic.LINT0, vcpu.index() == 0 ? DELIVERY_EXTINT : MASKED)
                .register(KvmLapic.LINT1, DELIVERY_NMI)
                .store(vcpu);
    }
}
