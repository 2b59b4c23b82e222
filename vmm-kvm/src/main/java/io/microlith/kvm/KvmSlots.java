// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.memory.GuestRegion;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/** The memory slots of a VM, and which numbers are free. Any thread. */
final class KvmSlots {
    private final KvmFile vm;
    private final BitSet taken = new BitSet();
    private final List<KvmMemorySlot> slots = new ArrayList<>();

    KvmSlots(KvmFile vm) {
        this.vm = vm;
    }

    synchronized KvmMemorySlot add(GuestRegion region, Set<SlotMode> modes) {
        int number = taken.nextClearBit(0);
        KvmMemorySlot slot = new KvmMemorySlot(this, vm, number, region, modes);
        taken.set(number);
        slots.add(slot);
        return slot;
    }

    synchronized void forget(KvmMemorySlot slot) {
        taken.clear(slot.number());
        slots.remove(slot);
    }

    /** The slots by number. */
    synchronized List<KvmMemorySlot> all() {
        return slots.stream()
                .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                .toList();
    }
}
