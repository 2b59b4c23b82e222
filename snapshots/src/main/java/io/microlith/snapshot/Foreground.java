// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/** {@link RestoreStrategy#PREFETCH}: the working set in one large read, and the machine after it. */
final class Foreground implements Prefetch {
    @Override
    public Loading begin(Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager) throws IOException {
        try (WorkingSetReader reader = WorkingSetReader.open(snapshot)) {
            pager.start();
            long begin = System.nanoTime();
            int pages = new WorkingSetLoad(reader, pager, data).run(new BitSet(), Long.MAX_VALUE, () -> true);
            pager.prefetched(pages, System.nanoTime() - begin);
        }
        return () -> {};
    }
}
