// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.snapshot.WorkingSet.Run;
import io.microlith.vmm.error.InvalidStateException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Reads a working set and holds its pages against the memory's, whose copies they are. */
final class WorkingSetCheck {
    private static final int CHUNK_PAGES = 1024;

    private WorkingSetCheck() {}

    /**
     * Checks a snapshot's.
     *
     * @throws InvalidStateException if a page is another one, or the file is damaged
     * @throws SnapshotException if something cannot be read
     */
    static void run(Snapshot snapshot) {
        Path file = snapshot.directory().resolve(WorkingSet.FILE);
        try (WorkingSetReader copies = WorkingSetReader.open(snapshot);
                ImageReader memory = ImageReader.open(snapshot.memory());
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
                }
            }
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(file, "it cannot be held against the memory: " + e.getMessage(), e);
        }
    }
}
