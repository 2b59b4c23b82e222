// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.event.Uninterruptibly;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@link RestoreStrategy#OVERLAPPED}: the working set in pieces, while the machine runs already. */
final class Background implements Prefetch {
    private static final long PIECE = 1L << 20;

    @Override
    public Loading begin(Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager) {
        WorkingSetReader reader = WorkingSetReader.open(snapshot);
        boolean begun = false;
        try {
            pager.start();
            AtomicBoolean wanted = new AtomicBoolean(true);
            Thread loader =
                    Thread.ofPlatform().daemon().name("pager-load").unstarted(() -> load(reader, pager, data, wanted));
            loader.start();
            begun = true;
            return () -> {
                wanted.set(false);
                Uninterruptibly.run(loader::join);
            };
        } finally {
            if (!begun) {
                reader.close();
            }
        }
    }

    private static void load(WorkingSetReader reader, Pager pager, BitSet data, AtomicBoolean wanted) {
        try (reader) {
            long begin = System.nanoTime();
            int pages = new WorkingSetLoad(reader, pager, data).run(new BitSet(), PIECE, wanted::get);
            pager.prefetched(pages, System.nanoTime() - begin);
        } catch (IOException | RuntimeException e) {
            var _ = pager.fail(e);
        }
    }
}
