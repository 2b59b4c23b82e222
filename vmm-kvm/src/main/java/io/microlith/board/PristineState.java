// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.cpu.CpuTemplate;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVcpuState;
import io.microlith.kvm.KvmVm;
import io.microlith.kvm.VmBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state KVM gives a PC that nobody has used yet, which is what a reset puts back.
 *
 * <p>Read at the first reset, from a VM that is made for it. Most machines never see a reset, and reading it from
 * themselves would cost each a tenth of the time it takes to make. For any thread.
 */
final class PristineState {
    /** Both parts of it. */
    private record Parts(Map<VmBlock, byte[]> chips, List<KvmVcpuState> vcpus) {}

    private final KvmHypervisor host;
    private final CpuTemplate processors;
    private final int vcpus;
    private final Set<PcPart> board;

    /** Guarded by this. */
    private @Nullable Parts parts;

    /**
     * Of a machine with so many vCPUs of a kind.
     *
     * @param host where it is
     * @param board what it has
     */
    PristineState(KvmHypervisor host, CpuTemplate processors, int vcpus, Set<PcPart> board) {
        this.host = host;
        this.processors = processors;
        this.vcpus = vcpus;
        this.board = board;
    }

    /**
     * The interrupt controllers and the timer.
     *
     * @throws io.microlith.vmm.error.HypervisorException if the host has nothing left to make a VM of
     */
    Map<VmBlock, byte[]> chips() {
        return parts().chips();
    }

    /**
     * A vCPU that has its identity and nothing else.
     *
     * @throws io.microlith.vmm.error.HypervisorException if the host has nothing left to make a VM of
     */
    KvmVcpuState vcpu(int index) {
        return parts().vcpus().get(index);
    }

    private synchronized Parts parts() {
        Parts known = parts;
        if (known == null) {
            known = read();
            parts = known;
        }
        return known;
    }

    private Parts read() {
        List<KvmVcpu> made = new ArrayList<>();
        try (KvmVm vm = host.createVm("pristine")) {
            KernelChips chips = new KernelChips(vm, board);
            chips.complete();
            try {
                for (int i = 0; i < vcpus; i++) {
                    KvmVcpu vcpu = vm.createVcpu(i);
                    made.add(vcpu);
                    processors.identify(vcpu);
                }
                return new Parts(
                        chips.save(), made.stream().map(processors::save).toList());
            } finally {
                made.forEach(KvmVcpu::close);
            }
        }
    }
}
