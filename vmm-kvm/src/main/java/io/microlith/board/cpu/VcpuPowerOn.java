// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import java.util.function.Supplier;

/**
 * A vCPU's power-on: the first time it gets its identity, later the state it had then; and on top of it comes what
 * firmware would have done. For the vCPU's thread.
 */
public final class VcpuPowerOn {
    private final CpuTemplate template;
    private final Supplier<KvmVcpuState> pristine;
    private boolean used;

    /**
     * For one vCPU.
     *
     * @param pristine the state of such a vCPU that has its identity and nothing else; asked for at resets
     */
    public VcpuPowerOn(CpuTemplate template, Supplier<KvmVcpuState> pristine) {
        this.template = template;
        this.pristine = pristine;
    }

    /** Puts the vCPU into the state firmware leaves it in. */
    public void apply(KvmVcpu vcpu) {
        if (used) {
            vcpu.restore(pristine.get());
        } else {
            template.identify(vcpu);
            used = true;
        }
        template.initialize(vcpu);
    }
}
