// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmIoctl;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which pages of a VM were written: from the vCPUs' rings where they are switched on, else from the slots' logs. */
final class KvmDirtyTracking {
    /** A kernel that counts in another way than it says must not keep us for ever. */
    private static final int MOST_RESETS = 1000;

    private final KvmFile vm;
    private final KvmSlots slots;
    private final List<KvmDirtyRing> rings = new CopyOnWriteArrayList<>();

    /** The bytes of each vCPU's ring, 0 without rings. */
    private volatile int ringSize;

    private volatile boolean drainsWhenFull;

    /** Entries that were taken out of rings, and not reset by the kernel yet. Guarded by this. */
    private int unreset;

    /** What rings said and was not yet asked for, by slot number. */
    private final Map<Integer, BitSet> collected = new HashMap<>();

    KvmDirtyTracking(KvmFile vm, KvmSlots slots) {
        this.vm = vm;
        this.slots = slots;
    }

    void enableRings(KvmCap capability, int size) {
        KvmEnableCap.enable(vm, capability, size);
        ringSize = size;
    }

    /** Has a vCPU whose ring is full go on by itself, with what it noted kept for {@link #collect}. */
    void drainWhenFull() {
        drainsWhenFull = true;
    }

    /** Whether that is so. */
    boolean drainsWhenFull() {
        return drainsWhenFull;
    }

    int ringSize() {
        return ringSize;
    }

    void add(KvmDirtyRing ring) {
        rings.add(ring);
    }

    synchronized void remove(KvmDirtyRing ring) {
        rings.remove(ring);
    }

    synchronized Map<KvmMemorySlot, BitSet> collect() {
        if (ringSize > 0) {
            drainRings();
        }
        Map<KvmMemorySlot, BitSet> pages = new HashMap<>();
        for (KvmMemorySlot slot : slots.all()) {
            if (slot.modes().contains(SlotMode.LOG_DIRTY)) {
                BitSet written = ringSize > 0 ? collected.remove(slot.number()) : slot.dirtyPages();
                pages.put(slot, written == null ? new BitSet() : written);
            }
        }
        return pages;
    }

    /** Empties the rings, so that vCPUs that left the guest for a full one can go on. */
    synchronized void drainRings() {
        int taken = 0;
        for (KvmDirtyRing ring : rings) {
            taken += ring.collect((slot, page) ->
                    collected.computeIfAbsent(slot, _ -> new BitSet()).set(Math.toIntExact(page)));
        }
        unreset += taken;
        // A signal may cut it short. What is not reset would be written unseen.
        for (int calls = 0; unreset > 0 && calls < MOST_RESETS; calls++) {
            unreset -= vm.call(KvmIoctl.KVM_RESET_DIRTY_RINGS, 0, "");
        }
    }
}
