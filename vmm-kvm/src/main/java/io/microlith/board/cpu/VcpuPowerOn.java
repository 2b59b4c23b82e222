// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU's power-on: it gets its identity once, at resets the state it had then, and on top of either comes what
 * firmware would have done. For the vCPU's thread.
 */
public final class VcpuPowerOn {
    /** A state that was saved, and what it is on this host. */
    private record Adopted(KvmVcpuState saved, KvmVcpuState here) {}

    private final CpuTemplate template;
    private final Supplier<KvmVcpuState> pristine;

    /** What the vCPU answers to CPUID, if it was told. */
    private @Nullable List<CpuidEntry> identity;

    /** The state it was given last: a vCPU may be given one again and again. */
    private @Nullable Adopted adopted;

    /** The vCPU is in its power-on state already. */
    private boolean fresh;

    /**
     * For one vCPU.
     *
     * @param pristine the state of such a vCPU that has its identity and nothing else; asked for at resets
     */
    public VcpuPowerOn(CpuTemplate template, Supplier<KvmVcpuState> pristine) {
        this.template = template;
        this.pristine = pristine;
    }

    /** Gives the vCPU its identity and puts it into the state firmware leaves it in. Once, before all else. */
    public void admit(KvmVcpu vcpu) {
        template.identify(vcpu);
        identity = List.of();
        template.initialize(vcpu);
        fresh = true;
    }

    /**
     * Gives the vCPU the identity and the state it was saved in: before all else, or again, with the same identity.
     *
     * @param cpuid what it answered to CPUID, if that was saved
     */
    public void admit(KvmVcpu vcpu, List<CpuidEntry> cpuid, KvmVcpuState saved) {
        if (!cpuid.equals(identity)) {
            template.identify(vcpu, cpuid);
            identity = cpuid;
        }
        Adopted state = adopted;
        if (state == null || !state.saved().equals(saved)) {
            state = new Adopted(saved, template.adopted(saved));
            adopted = state;
        }
        vcpu.restore(state.here());
        fresh = true;
    }

    /** Puts the vCPU into the state firmware leaves it in. */
    public void apply(KvmVcpu vcpu) {
        if (!fresh) {
            vcpu.restore(pristine.get());
            template.initialize(vcpu);
        }
        fresh = false;
    }
}
