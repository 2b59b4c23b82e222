// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Errno;
import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.InvalidStateException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Reads a working set's file, past the page cache where the file system can: its pages are wanted once, and here. For
 * one thread.
 */
final class WorkingSetReader implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final long HUGE_PAGE = 2L << 20;

    private final Fd file;
    private final Arena arena;

    /** As large as the file; what was read of it is at its place. */
    private final MemorySegment bytes;

    private final WorkingSet set;
    private final long content;

    private WorkingSetReader(Fd file, Arena arena, Snapshot snapshot) throws IOException {
        this.file = file;
        this.arena = arena;
        MemoryImage memory = snapshot.memory();
        bytes = Mapping.anonymous(checkedSize(memory.pages()), HUGE_PAGE, arena);
        // Only makes reading faster.
        var _ = Mapping.adviseHugePages(bytes);
        MemorySegment header = read(0, PAGE);
        content = WorkingSetFile.tableSize(header.asByteBuffer(), snapshot.fingerprint(), memory.pages());
        require(content <= bytes.byteSize(), "table", "cut off", "the file is whole");
        var _ = read(PAGE, content - PAGE);
        set = WorkingSetFile.decode(
                bytes.asSlice(0, content).asByteBuffer(),
                snapshot.fingerprint(),
                Math.toIntExact(memory.pages()),
                memory.extents());
        require(size() == (long) set.contents() * PAGE, "content", size() + " bytes", "a page for each of the runs'");
    }

    /**
     * Opens a snapshot's working set and reads all but its content.
     *
     * @throws SnapshotException if there is none, or it cannot be read
     * @throws InvalidStateException if it is damaged, or another snapshot's
     */
    static WorkingSetReader open(Snapshot snapshot) {
        Path path = snapshot.directory().resolve(WorkingSet.FILE);
        Arena arena = Arena.ofShared();
        Fd file = null;
        boolean open = false;
        try {
            file = Fd.openUncached(path);
            WorkingSetReader reader = new WorkingSetReader(file, arena, snapshot);
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
        long most = WorkingSetFile.largestTable(pages) + pages * PAGE;
        require(size % PAGE == 0 && size >= PAGE && size <= most, "size", size, "whole pages, " + most + " at most");
        return size;
    }

    private static void require(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new InvalidStateException("WorkingSet." + field, value, rule);
        }
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
        PosixIo.readFully(file, into, begin);
        return into;
    }

    @Override
    public void close() {
        file.close();
        arena.close();
    }
}
