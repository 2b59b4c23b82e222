// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.microlith.linux.DataExtents;
import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Pages in frames of Zstandard. Each thread that reads has a decoder, which keeps the frame it decoded last. */
final class FrameSource implements LayerSource {
    private final Fd file;
    private final FrameTable table;

    /** Those that nobody uses. */
    private final Deque<Decoder> idle = new ConcurrentLinkedDeque<>();

    private volatile boolean closed;

    FrameSource(Fd file, FrameTable table) {
        this.file = file;
        this.table = table;
    }

    @Override
    public void read(long place, MemorySegment into) throws IOException {
        Decoder last = idle.pollFirst();
        Decoder decoder = last != null ? last : new Decoder();
        boolean sound = false;
        try {
            long done = 0;
            while (done < into.byteSize()) {
                int which = (int) ((place + done) / table.frame());
                long within = (place + done) % table.frame();
                long length = Math.min(table.frame() - within, into.byteSize() - done);
                decoder.read(which, within, into.asSlice(done, length));
                done += length;
            }
            sound = true;
        } finally {
            if (sound && !closed) {
                idle.addFirst(decoder);
            } else {
                decoder.close();
            }
        }
    }

    @Override
    public void visitData(long begin, long end, DataExtents.Visitor visitor) throws IOException {
        for (long place = begin; place < end; ) {
            int which = (int) (place / table.frame());
            long next = Math.min(end, (which + 1L) * table.frame());
            if (table.length(which) != 0) {
                visitor.visit(place, next);
            }
            place = next;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Decoder decoder = idle.pollFirst(); decoder != null; decoder = idle.pollFirst()) {
            decoder.close();
        }
        file.close();
    }

    /** For one thread at a time. */
    private final class Decoder implements AutoCloseable {
        private final Arena arena = Arena.ofShared();
        private final ZstdDecompressCtx context = new ZstdDecompressCtx();
        private final MemorySegment packed = arena.allocate(Math.max(1, table.longest()));
        private final MemorySegment frame = arena.allocate(table.frame(), MemoryImage.PAGE);

        /** The frame that was decoded last; -1 if none. */
        private int current = -1;

        void read(int which, long within, MemorySegment into) throws IOException {
            if (table.length(which) == 0) {
                into.fill((byte) 0);
                return;
            }
            if (which != current) {
                decode(which);
            }
            into.copyFrom(frame.asSlice(within, into.byteSize()));
        }

        private void decode(int which) throws IOException {
            current = -1;
            int length = table.length(which);
            PosixIo.readFully(file, packed.asSlice(0, length), table.offset(which));
            int size;
            try {
                size = context.decompressDirectByteBuffer(
                        frame.asByteBuffer(), 0, table.frame(), packed.asByteBuffer(), 0, length);
            } catch (ZstdException e) {
                throw new IOException("frame " + which + " is damaged: " + e.getMessage(), e);
            }
            if (size != table.frame()) {
                throw new IOException("frame " + which + " is damaged: it has " + size + " bytes");
            }
            current = which;
        }

        @Override
        public void close() {
            context.close();
            arena.close();
        }
    }
}
