// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.StateCodec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compresses pages as {@link FrameTable} says, a frame on each of a few threads, and writes frames in their order. */
final class FrameSink implements PageSink {
    /** What is read for a single page of a machine that is restored lazily. */
    private static final int FRAME = 128 << 10;

    private final FileChannel file;
    private final int level;
    private final Arena arena = Arena.ofShared();
    private final List<Work> all = new ArrayList<>();
    private final Deque<Work> idle = new ArrayDeque<>();

    /** Frames that are being compressed. */
    private final OrderedWork<Work> busy;

    private final int most;
    private int[] lengths = new int[1024];

    /** The frame that pages are put into; nothing before the first. */
    private @Nullable Work current;

    FrameSink(FileChannel file, int level) {
        this.file = file;
        this.level = level;
        int threads = OrderedWork.usualThreads();
        busy = new OrderedWork<>("snapshot-compression", threads);
        most = 2 * threads;
    }

    @Override
    public void write(MemorySegment pages, long place) throws IOException {
        long done = 0;
        while (done < pages.byteSize()) {
            int number = Math.toIntExact((place + done) / FRAME);
            Work into = current != null && current.number == number ? current : begin(number);
            long within = (place + done) % FRAME;
            long length = Math.min(FRAME - within, pages.byteSize() - done);
            into.frame.asSlice(within, length).copyFrom(pages.asSlice(done, length));
            done += length;
        }
    }

    private Work begin(int number) throws IOException {
        submit();
        if (idle.isEmpty() && busy.pending() >= most) {
            writeFirst();
        }
        Work next = idle.isEmpty() ? new Work() : idle.pop();
        next.number = number;
        next.frame.fill((byte) 0);
        current = next;
        return next;
    }

    private void submit() {
        Work full = current;
        if (full != null) {
            busy.give(full::compress);
            current = null;
        }
    }

    private void writeFirst() throws IOException {
        Work done = busy.takeFirst();
        if (done.number >= lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(2 * lengths.length, done.number + 1));
        }
        lengths[done.number] = done.length;
        ByteBuffer bytes = done.packed.asSlice(0, done.length).asByteBuffer();
        SnapshotFiles.write(file, bytes);
        idle.push(done);
    }

    @Override
    public List<Section> finish(long size) throws IOException {
        submit();
        while (busy.pending() > 0) {
            writeFirst();
        }
        int count = Math.toIntExact((size + FRAME - 1) / FRAME);
        FrameTable table = new FrameTable(FRAME, Arrays.copyOf(lengths, count));
        return List.of(new Section(SectionType.FRAMES.number(), "", ByteString.of(StateCodec.encode(table))));
    }

    @Override
    public void close() {
        // What its threads work on is in the arena.
        busy.close();
        all.forEach(Work::close);
        arena.close();
    }

    /** A frame, before and after. */
    private final class Work implements AutoCloseable {
        private final ZstdCompressCtx context =
                new ZstdCompressCtx().setLevel(level).setChecksum(true);
        private final MemorySegment frame = arena.allocate(FRAME, MemoryImage.PAGE);
        private final MemorySegment packed = arena.allocate(Zstd.compressBound(FRAME));
        private int number;
        private int length;

        Work() {
            all.add(this);
        }

        Work compress() throws IOException {
            try {
                length = context.compressDirectByteBuffer(
                        packed.asByteBuffer(), 0, (int) packed.byteSize(), frame.asByteBuffer(), 0, FRAME);
                return this;
            } catch (ZstdException e) {
                throw new IOException("memory cannot be compressed: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
