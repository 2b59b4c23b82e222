// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.DataExtents;
import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Pages as they are, with holes where there are only zeros. */
final class PlainSource implements LayerSource {
    private final Fd file;

    PlainSource(Fd file) {
        this.file = file;
    }

    @Override
    public void read(long place, MemorySegment into) throws IOException {
        PosixIo.readFully(file, into, place);
    }

    @Override
    public void visitData(long begin, long end, DataExtents.Visitor visitor) throws IOException {
        // File systems have holes by blocks, which may be smaller than pages.
        long[] reached = {begin};
        DataExtents.visit(file, begin, end, (data, hole) -> {
            long first = Math.max(reached[0], data / MemoryImage.PAGE * MemoryImage.PAGE);
            long last = Math.ceilDiv(hole, MemoryImage.PAGE) * MemoryImage.PAGE;
            if (first < last) {
                visitor.visit(first, last);
                reached[0] = last;
            }
        });
    }

    @Override
    public void close() {
        file.close();
    }
}
