// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.snapshot.WorkingSet.Run;
import io.microlith.vmm.error.InvalidStateException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** Reads a working set and holds its pages against the memory's, whose copies they are. For one thread. */
final class WorkingSetCheck implements AutoCloseable {
    private static final int CHUNK_PAGES = 1024;

    private final Snapshot snapshot;
    private final Path file;
    private final WorkingSetReader copies;

    private WorkingSetCheck(Snapshot snapshot, Path file, WorkingSetReader copies) {
        this.snapshot = snapshot;
        this.file = file;
        this.copies = copies;
    }

    /**
     * Opens a snapshot's.
     *
     * @throws InvalidStateException if the file is damaged
     * @throws SnapshotException if it cannot be read
     */
    static WorkingSetCheck of(Snapshot snapshot) {
        Path file = snapshot.directory().resolve(WorkingSet.FILE);
        return new WorkingSetCheck(snapshot, file, WorkingSetReader.open(snapshot));
    }

    /** How many bytes it is that are looked at. */
    long size() {
        return copies.size();
    }

    /**
     * Checks it.
     *
     * @param progress hears of the bytes that were looked at, so far
     * @throws InvalidStateException if a page is another one
     * @throws SnapshotException if something cannot be read
     */
    void run(LongConsumer progress) {
        try (ImageReader memory = ImageReader.open(snapshot.memory());
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(CHUNK_PAGES * MemoryImage.PAGE, MemoryImage.PAGE);
            long place = 0;
            for (Run run : copies.set().runs()) {
                for (int page = run.begin(); page < run.end(); page += CHUNK_PAGES) {
                    long size = Math.min(CHUNK_PAGES, run.end() - page) * MemoryImage.PAGE;
                    MemorySegment pages = buffer.asSlice(0, size);
                    memory.read(page * MemoryImage.PAGE, pages);
                    long difference = pages.mismatch(copies.content(place, size));
                    if (difference >= 0) {
                        throw new InvalidStateException(
                                "WorkingSet.content",
                                "page " + (page + difference / MemoryImage.PAGE) + " of " + file,
                                "that of the snapshot's memory");
                    }
                    place += size;
                    progress.accept(place);
                }
            }
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(file, "it cannot be held against the memory: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        copies.close();
    }
}
