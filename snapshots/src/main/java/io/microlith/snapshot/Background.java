// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.pager.Pager;
import io.microlith.vmm.event.Uninterruptibly;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link RestoreStrategy#OVERLAPPED}: the working set in pieces, while the machine runs already.
 *
 * @param working opens the working set
 */
record Background(Function<Snapshot, WorkingSetReader> working) implements Prefetch {
    private static final long PIECE = 1L << 20;

    @Override
    public Loading begin(
            Snapshot snapshot, List<GuestRegion> regions, BitSet data, Pager pager, Supervised.Progress progress) {
        long begin = System.nanoTime();
        WorkingSetReader reader = working.apply(snapshot);
        boolean begun = false;
        try {
            pager.start();
            Loader loader = new Loader(reader, pager, data, begin);
            Thread.ofPlatform().daemon().name("pager-load").start(loader::run);
            begun = true;
            return loader;
        } finally {
            if (!begun) {
                reader.close();
            }
        }
    }

    /** Loads, until that is done or nobody wants it any more. What keeps a read too long, the pager sees. */
    private static final class Loader implements Loading {
        private final WorkingSetReader reader;
        private final Pager pager;
        private final BitSet data;
        private final long begin;
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean wanted = true;

        /** What is left to do by its thread when it has ended. Guarded by this. */
        private @Nullable Runnable last;

        Loader(WorkingSetReader reader, Pager pager, BitSet data, long begin) {
            this.reader = reader;
            this.pager = pager;
            this.data = data;
            this.begin = begin;
        }

        void run() {
            try (reader) {
                int pages = new WorkingSetLoad(reader, pager, data, () -> {}).run(new BitSet(), PIECE, () -> wanted);
                pager.prefetched(pages, System.nanoTime() - begin);
            } catch (IOException | RuntimeException e) {
                var _ = pager.fail(e);
            } finally {
                finish();
            }
        }

        private void finish() {
            Runnable left;
            synchronized (this) {
                ended.countDown();
                left = last;
            }
            if (left != null) {
                left.run();
            }
        }

        @Override
        public boolean end(Duration most) {
            wanted = false;
            long until = System.nanoTime() + most.toNanos();
            Uninterruptibly.run(() -> {
                var _ = ended.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            });
            return ended.getCount() == 0;
        }

        @Override
        public void whenEnded(Runnable action) {
            synchronized (this) {
                if (ended.getCount() > 0) {
                    last = action;
                    return;
                }
            }
            action.run();
        }
    }
}
