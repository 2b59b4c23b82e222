// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU's power-on state: the one KVM made it with, kept, and put back at every reset after the first power-on; and on
 * top of it what firmware would have done. For the vCPU's thread.
 */
public final class VcpuPowerOn {
    private final CpuTemplate template;
    private @Nullable KvmVcpuState initial;

    /** Makes a keeper for one vCPU. */
    public VcpuPowerOn(CpuTemplate template) {
        this.template = template;
    }

    /** Puts the vCPU into the state it had when this was called for the first time, as firmware leaves it. */
    public void apply(KvmVcpu vcpu) {
        KvmVcpuState state = initial;
        if (state == null) {
            template.identify(vcpu);
            initial = vcpu.save(template.stateMsrs());
        } else {
            vcpu.restore(state);
        }
        template.initialize(vcpu);
    }
}
