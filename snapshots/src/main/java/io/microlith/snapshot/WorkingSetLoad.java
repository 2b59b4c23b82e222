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
    /** To read on over so much takes less than another read. */
    private static final long GAP = ReadAhead.GAP * MemoryImage.PAGE;

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
        int next = 0;
        while (next < runs.size() && goOn.getAsBoolean()) {
            Run first = runs.get(next);
            if (present.get(first.begin())) {
                place += first.bytes();
                next++;
            } else {
                List<Run> these = runs.subList(next, pieceEnd(runs, next, present, piece));
                long length = these.stream().mapToLong(Run::bytes).sum();
                loaded += install(these, present, read(place, length), goOn);
                place += length;
                next += these.size();
            }
        }
        return loaded + zeros(present, goOn);
    }

    /** Up to where to read at once: over what is there already, as long as that is little. */
    private static int pieceEnd(List<Run> runs, int begin, BitSet present, long piece) {
        int end = begin;
        long length = 0;
        long skipped = 0;
        for (int next = begin; next < runs.size() && length < piece && skipped <= GAP; next++) {
            Run run = runs.get(next);
            length += run.bytes();
            if (present.get(run.begin())) {
                skipped += run.bytes();
            } else {
                skipped = 0;
                end = next + 1;
            }
        }
        return end;
    }

    private MemorySegment read(long place, long length) throws IOException {
        MemorySegment content = pager.ahead(() -> reader.content(place, length));
        progress.made();
        return content;
    }

    /** Returns how many pages that were. */
    private int install(List<Run> runs, BitSet present, MemorySegment content, BooleanSupplier goOn) {
        int installed = 0;
        long place = 0;
        for (Run run : runs) {
            if (!goOn.getAsBoolean()) {
                return installed;
            }
            if (!present.get(run.begin())) {
                pager.install(run.begin(), content.asSlice(place, run.bytes()));
                progress.made();
                installed += (int) (run.bytes() / MemoryImage.PAGE);
            }
            place += run.bytes();
        }
        return installed;
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
