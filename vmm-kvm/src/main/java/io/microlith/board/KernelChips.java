// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.kvm.KvmVm;
import io.microlith.kvm.VmBlock;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The part of a PC that is in the kernel: interrupt controllers and timer. */
final class KernelChips {
    private final KvmVm vm;
    private final Set<VmBlock> blocks = EnumSet.allOf(VmBlock.class);

    /** Puts those of a board with some parts into a VM that has no vCPUs yet, but for {@link #complete}. */
    KernelChips(KvmVm vm, Set<PcPart> parts) {
        this.vm = vm;
        vm.setIdentityMapAddress(PcLayout.IDENTITY_MAP);
        vm.setTssAddress(PcLayout.TASK_STATE);
        vm.createIrqchip();
        if (!parts.contains(PcPart.TIMER)) {
            blocks.remove(VmBlock.PIT);
        }
    }

    /** Adds what can wait until there are vCPUs. */
    void complete() {
        if (blocks.contains(VmBlock.PIT)) {
            vm.createPit();
        }
    }

    /** What there is. */
    Set<VmBlock> blocks() {
        return Collections.unmodifiableSet(blocks);
    }

    /** Their state. While no vCPU runs. */
    Map<VmBlock, byte[]> save() {
        Map<VmBlock, byte[]> state = new EnumMap<>(VmBlock.class);
        for (VmBlock block : blocks) {
            state.put(block, vm.get(block));
        }
        return state;
    }

    /** Puts a state back. While no vCPU runs. */
    void restore(Map<VmBlock, byte[]> state) {
        state.forEach(vm::set);
    }
}
