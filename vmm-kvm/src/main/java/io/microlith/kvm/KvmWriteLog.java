// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.WriteLog;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What a VM's dirty rings or logs say of its RAM. */
final class KvmWriteLog implements WriteLog {
    private final KvmDirtyTracking tracking;

    /** The number of each region's first page, counted over all. */
    private final Map<GuestRegion, Integer> firstPages = new HashMap<>();

    private final int pages;

    KvmWriteLog(KvmDirtyTracking tracking, GuestMemory memory) {
        this.tracking = tracking;
        long first = 0;
        for (GuestRegion region : memory.regions()) {
            firstPages.put(region, Math.toIntExact(first));
            first += region.size() / KvmMemorySlot.PAGE;
        }
        pages = Math.toIntExact(first);
    }

    @Override
    public BitSet take() {
        BitSet all = new BitSet(pages);
        tracking.collect().forEach((slot, written) -> {
            Integer first = firstPages.get(slot.region());
            if (first != null) {
                for (int page = written.nextSetBit(0); page >= 0; page = written.nextSetBit(page + 1)) {
                    all.set(first + page);
                }
            }
        });
        return all;
    }
}
