// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/**
 * {@link RestoreStrategy#PREFETCH}: the working set in large reads, and the machine after it.
 *
 * @param working opens the working set
 */
record Foreground(Function<Snapshot, WorkingSetReader> working) implements Prefetch {
    /** The most that is read at once: who waits has to see that it gets on. */
    static final long PIECE = 16L << 20;

    @Override
    public Loading begin(
            Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager, Supervised.Progress progress)
            throws IOException {
        long begin = System.nanoTime();
        try (WorkingSetReader reader = working.apply(snapshot)) {
            pager.start();
            int pages = new WorkingSetLoad(reader, pager, data, progress).run(new BitSet(), PIECE, () -> true);
            pager.prefetched(pages, System.nanoTime() - begin);
        }
        return Loading.DONE;
    }
}
