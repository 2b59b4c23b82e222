// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;

/**
 * {@link RestoreStrategy#READ_AHEAD}: the kernel is asked to read the working set into its page cache, with the pages
 * in small gaps of it, and goes on with that while the machine is built and runs.
 */
final class ReadAhead implements RestoreStrategy {
    /** So many pages between two that are wanted are read with them: that costs less than another read. */
    static final int GAP = 32;

    /** What the kernel reads for one call, if nobody has told it to read more: 128 KiB, a disk's read_ahead_kb. */
    private static final int CHUNK = 32;

    /** Of more reads or pages than these, each with a fault to come, another way gets more out of it. */
    private static final int MOST_READS = 100;

    private static final int MOST_PAGES = 4096;

    private final Duration patience;

    /**
     * Makes one.
     *
     * @param patience how long a medium may keep somebody waiting who asks
     */
    ReadAhead(Duration patience) {
        this.patience = patience;
    }

    @Override
    public MachineMemory map(Snapshot snapshot, String vm, PageBacking backing) {
        try {
            var _ = Supervised.run(
                    patience,
                    progress -> {
                        try (WorkingSetReader reader = WorkingSetReader.open(snapshot)) {
                            plan(snapshot.memory(), reader.set()).ask(progress);
                        }
                        return snapshot;
                    },
                    _ -> {});
        } catch (IOException e) {
            throw snapshot.memory().unreadable(e);
        }
        return MAPPED.map(snapshot, vm, backing);
    }

    /** What there is to be read for a working set. */
    static Plan plan(MemoryImage image, WorkingSet set) {
        BitSet pages = new BitSet();
        set.runs().forEach(run -> pages.set(run.begin(), run.end()));
        for (int end = pages.nextClearBit(Math.max(0, pages.nextSetBit(0))); end < pages.length(); ) {
            int next = pages.nextSetBit(end);
            if (next - end <= GAP) {
                pages.set(end, next);
            }
            end = pages.nextClearBit(next);
        }
        return new Plan(image, set.contents(), pages);
    }

    /**
     * Pages to be read.
     *
     * @param image whose they are
     * @param wanted how many of them are wanted
     * @param pages these, and those in small gaps
     */
    record Plan(MemoryImage image, int wanted, BitSet pages) {
        /** Whether they are few and in few places: what a guest that waits for something wants, say. */
        boolean isShort() {
            return !image.isCompressed() && wanted <= MOST_PAGES && reads() <= MOST_READS;
        }

        private int reads() {
            int reads = 0;
            for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(pages.nextClearBit(page))) {
                reads++;
            }
            return reads;
        }

        /**
         * Asks for what is not in the page cache yet. The kernel does it when it comes to it, or not at all: it is a
         * hint.
         *
         * @throws SnapshotException if a file cannot be opened
         */
        void ask(Supervised.Progress progress) throws IOException {
            for (ImageLayer layer : image.layers()) {
                BitSet here = image.visible(layer);
                here.and(pages);
                try (Fd file = Fd.open(layer.file(), Fd.O_RDONLY)) {
                    PageRuns.visit(here, 0, here.length(), CHUNK, (begin, end) -> {
                        var _ = PosixIo.readAhead(file, layer.place(begin), (end - begin) * MemoryImage.PAGE);
                        progress.made();
                    });
                } catch (SystemCallException e) {
                    throw image.unreadable(e);
                }
            }
        }
    }

    /** {@code read-ahead}. */
    @Override
    public String toString() {
        return "read-ahead";
    }
}
