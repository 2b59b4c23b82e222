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
        DataExtents.visit(file, begin, end, visitor);
    }

    @Override
    public void close() {
        file.close();
    }
}
