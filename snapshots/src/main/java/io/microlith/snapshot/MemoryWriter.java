// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.NonZeroPages;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes guest memory to a file, in which pages of zeros are holes. */
final class MemoryWriter {
    private final FileChannel file;

    MemoryWriter(FileChannel file) {
        this.file = file;
    }

    /** Writes all regions one after the other. */
    void write(GuestMemory memory) throws IOException {
        NonZeroPages.visit(memory, this::writeFully);
        // The last page may be a hole.
        if (file.size() < memory.size()) {
            file.write(ByteBuffer.allocate(1), memory.size() - 1);
        }
    }

    private void writeFully(MemorySegment bytes, long place) throws IOException {
        ByteBuffer rest = bytes.asByteBuffer();
        while (rest.hasRemaining()) {
            file.write(rest, place + rest.position());
        }
    }
}
