// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.snapshot.WorkingSet.Run;
import io.microlith.snapshot.pager.Pager;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Puts a working set into guest memory: its content, a piece at a time, and its pages of zeros. For one thread. */
final class WorkingSetLoad {
    private final WorkingSetReader reader;
    private final Pager pager;
    private final BitSet data;
    private final Supervised.Progress progress;

    WorkingSetLoad(WorkingSetReader reader, Pager pager, BitSet data, Supervised.Progress progress) {
        this.reader = reader;
        this.pager = pager;
        this.data = data;
        this.progress = progress;
    }

    /**
     * Loads what is not there yet.
     *
     * @param present the pages that are, of whole extents
     * @param piece how many bytes are read at once
     * @param goOn asked before each piece
     * @return how many pages that were
     */
    int run(BitSet present, long piece, BooleanSupplier goOn) throws IOException {
        List<Run> runs = reader.set().runs();
        int loaded = 0;
        long place = 0;
        for (int next = 0; next < runs.size() && goOn.getAsBoolean(); ) {
            int last = next;
            long length = 0;
            while (last < runs.size()
                    && length < piece
                    && !present.get(runs.get(last).begin())) {
                length += runs.get(last).bytes();
                last++;
            }
            if (last == next) {
                place += runs.get(next).bytes();
                next++;
            } else {
                install(runs.subList(next, last), read(place, length), goOn);
                loaded += (int) (length / MemoryImage.PAGE);
                place += length;
                next = last;
            }
        }
        return loaded + zeros(present, goOn);
    }

    private MemorySegment read(long place, long length) throws IOException {
        MemorySegment content = pager.ahead(() -> reader.content(place, length));
        progress.made();
        return content;
    }

    private void install(List<Run> runs, MemorySegment content, BooleanSupplier goOn) {
        long place = 0;
        for (Run run : runs) {
            if (!goOn.getAsBoolean()) {
                return;
            }
            pager.install(run.begin(), content.asSlice(place, run.bytes()));
            progress.made();
            place += run.bytes();
        }
    }

    private int zeros(BitSet present, BooleanSupplier goOn) {
        int loaded = 0;
        for (int page : reader.set().trace()) {
            if (!data.get(page) && !present.get(page) && goOn.getAsBoolean()) {
                pager.bring(page, page + 1);
                progress.made();
                loaded++;
            }
        }
        return loaded;
    }
}
