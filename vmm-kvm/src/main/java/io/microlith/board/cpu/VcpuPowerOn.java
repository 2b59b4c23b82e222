// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vCPU's power-on state: the one KVM made it with, kept, and put back at every reset after the first power-on. For
 * the vCPU's thread.
 */
public final class VcpuPowerOn {
    private final List<Integer> msrs;
    private @Nullable KvmVcpuState initial;

    /**
     * Makes a keeper for one vCPU.
     *
     * @param msrs the model-specific registers that a reset sets back
     */
    public VcpuPowerOn(List<Integer> msrs) {
        this.msrs = List.copyOf(msrs);
    }

    /** Puts the vCPU into the state it had when this was called for the first time. */
    public void apply(KvmVcpu vcpu) {
        KvmVcpuState state = initial;
        if (state == null) {
            initial = vcpu.save(msrs);
        } else {
            vcpu.restore(state);
        }
    }
}
