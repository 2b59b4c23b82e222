// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmUserspaceMemoryRegionLayout;
import java.util.Set;

/** How a memory slot differs from plain RAM. */
public enum SlotMode {
    /** The guest reads and executes it; a write is an exit of the kind {@link io.microlith.vmm.ExitReason#MMIO}. */
    READ_ONLY(KvmUserspaceMemoryRegionLayout.FLAG_READONLY),
    /** Pages the guest writes are noted. */
    LOG_DIRTY(KvmUserspaceMemoryRegionLayout.FLAG_LOG_DIRTY_PAGES);

    private final int flag;

    SlotMode(int flag) {
        this.flag = flag;
    }

    /** The flags of a set of modes, as KVM takes them. */
    static int flags(Set<SlotMode> modes) {
        int flags = 0;
        for (SlotMode mode : modes) {
            flags |= mode.flag;
        }
        return flags;
    }
}
