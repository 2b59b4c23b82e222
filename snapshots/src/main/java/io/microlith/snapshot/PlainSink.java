// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/** Writes pages as they are, with holes where there are only zeros. */
final class PlainSink implements PageSink {
    private final FileChannel file;

    PlainSink(FileChannel file) {
        this.file = file;
    }

    @Override
    public void write(MemorySegment pages, long place) throws IOException {
        ByteBuffer rest = pages.asByteBuffer();
        while (rest.hasRemaining()) {
            file.write(rest, place + rest.position());
        }
    }

    @Override
    public List<Section> finish(long size) throws IOException {
        // The last page may be a hole.
        if (file.size() < size) {
            file.write(ByteBuffer.allocate(1), size - 1);
        }
        return List.of();
    }

    @Override
    public void close() {}
}
