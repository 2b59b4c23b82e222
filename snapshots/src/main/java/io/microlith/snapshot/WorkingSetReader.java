// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.StateCheck;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Reads a working set's file, past the page cache where the file system can: its pages are wanted once, and here. For
 * one thread.
 */
final class WorkingSetReader implements AutoCloseable {
    private static final StateCheck CHECK = StateCheck.of("WorkingSet");

    private final Fd file;
    private final Arena arena;

    /** As large as the file; what was read of it is at its place. */
    private final MemorySegment bytes;

    private final Reads reads;
    private final WorkingSet set;
    private final long content;

    /** How a part of the file is read; a test has it take its time. */
    @FunctionalInterface
    interface Reads {
        /** Reads all of a part. */
        void read(Fd file, MemorySegment into, long place) throws IOException;
    }

    private WorkingSetReader(Fd file, Arena arena, Snapshot snapshot, Reads reads) throws IOException {
        this.file = file;
        this.arena = arena;
        this.reads = reads;
        MemoryImage memory = snapshot.memory();
        bytes = Mapping.anonymous(checkedSize(memory.pages()), MemoryImage.EXTENT, arena);
        // Only makes reading faster.
        var _ = Mapping.adviseHugePages(bytes);
        MemorySegment header = read(0, MemoryImage.PAGE);
        content = WorkingSetFile.tableSize(header.asByteBuffer(), snapshot.fingerprint(), memory.pages());
        CHECK.require("table", "cut off", content <= bytes.byteSize(), "the file is whole");
        var _ = read(MemoryImage.PAGE, content - MemoryImage.PAGE);
        set = WorkingSetFile.decode(
                bytes.asSlice(0, content).asByteBuffer(),
                snapshot.fingerprint(),
                Math.toIntExact(memory.pages()),
                memory.extents());
        CHECK.require(
                "content",
                size() + " bytes",
                size() == (long) set.contents() * MemoryImage.PAGE,
                "a page for each of the runs'");
    }

    /**
     * Opens a snapshot's working set and reads all but its content.
     *
     * @throws SnapshotException if there is none, or it cannot be read
     * @throws InvalidStateException if it is damaged, or another snapshot's
     */
    static WorkingSetReader open(Snapshot snapshot) {
        return open(snapshot, PosixIo::readFully);
    }

    static WorkingSetReader open(Snapshot snapshot, Reads reads) {
        Path path = snapshot.directory().resolve(WorkingSet.FILE);
        Arena arena = Arena.ofShared();
        Fd file = null;
        boolean open = false;
        try {
            file = Fd.openUncached(path);
            WorkingSetReader reader = new WorkingSetReader(file, arena, snapshot, reads);
            open = true;
            return reader;
        } catch (IOException | SystemCallException e) {
            throw new SnapshotException(path, "the working set cannot be read: " + e.getMessage(), e);
        } finally {
            if (!open) {
                arena.close();
                if (file != null) {
                    file.close();
                }
            }
        }
    }

    private long checkedSize(long pages) throws IOException {
        long size = PosixIo.size(file);
        if (size < 0) {
            throw new IOException("lseek failed: " + Errno.describe((int) -size));
        }
        long most = WorkingSetFile.largestTable(pages) + pages * MemoryImage.PAGE;
        CHECK.require(
                "size",
                size,
                size % MemoryImage.PAGE == 0 && size >= MemoryImage.PAGE && size <= most,
                "whole pages, " + most + " at most");
        return size;
    }

    /** The set. */
    WorkingSet set() {
        return set;
    }

    /** The bytes of its content. */
    long size() {
        return bytes.byteSize() - content;
    }

    /**
     * Reads a part of the content, as much at once as the kernel does.
     *
     * @param offset where it begins, a multiple of a page
     * @param length bytes, likewise
     * @return lives as long as this
     * @throws IOException if it cannot be read
     */
    MemorySegment content(long offset, long length) throws IOException {
        return read(content + offset, length);
    }

    private MemorySegment read(long begin, long length) throws IOException {
        MemorySegment into = bytes.asSlice(begin, length);
        reads.read(file, into, begin);
        return into;
    }

    /** Closing it twice is once. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            file.close();
            arena.close();
        }
    }
}
