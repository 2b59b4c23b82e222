// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Writes guest memory to a file, in which pages of zeros are holes. */
final class MemoryWriter {

    /** The most that is written at once. */
    private static final long CHUNK = 4L << 20;

    private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[(int) MemoryImage.PAGE]);

    private final FileChannel file;

    MemoryWriter(FileChannel file) {
        this.file = file;
    }

    /** Writes all regions one after the other. */
    void write(GuestMemory memory) throws IOException {
        long place = 0;
        for (GuestRegion region : memory.regions()) {
            write(memory, region, place);
            place += region.size();
        }
        // The last page may be a hole.
        if (file.size() < place) {
            file.write(ByteBuffer.allocate(1), place - 1);
        }
    }

    private void write(GuestMemory memory, GuestRegion region, long place) throws IOException {
        if (region.file().isEmpty()) {
            // Piece by piece, for its pages may have to come from somewhere first.
            for (long done = 0; done < region.size(); done += CHUNK) {
                write(memory.slice(region.gpa() + done, Math.min(CHUNK, region.size() - done)), place + done);
            }
            return;
        }
        // To read a page that the file in memory does not have would be to make it.
        long base = region.fileOffset();
        DataExtents.visit(
                region.file().get(),
                base,
                base + region.size(),
                (begin, end) -> write(region.segment().asSlice(begin - base, end - begin), place + begin - base));
    }

    private void write(MemorySegment pages, long place) throws IOException {
        long begin = 0;
        while (begin < pages.byteSize()) {
            long end = begin;
            while (end < pages.byteSize() && end - begin < CHUNK && !isZero(pages, end)) {
                end += MemoryImage.PAGE;
            }
            if (end > begin) {
                writeFully(pages.asSlice(begin, end - begin), place + begin);
                begin = end;
            } else {
                begin += MemoryImage.PAGE;
            }
        }
    }

    private static boolean isZero(MemorySegment pages, long offset) {
        return MemorySegment.mismatch(pages, offset, offset + MemoryImage.PAGE, ZEROS, 0, MemoryImage.PAGE) == -1;
    }

    private void writeFully(MemorySegment bytes, long place) throws IOException {
        ByteBuffer rest = bytes.asByteBuffer();
        while (rest.hasRemaining()) {
            file.write(rest, place + rest.position());
        }
    }
}
