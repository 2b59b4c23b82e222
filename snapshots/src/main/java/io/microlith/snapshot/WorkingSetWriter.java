// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.SystemCallException;
import io.microlith.snapshot.WorkingSet.Run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Writes a working set beside its snapshot, under a name of its own, and renames it when all of it is on the medium:
 * the file is the old one or the new one, whenever the host stops.
 */
final class WorkingSetWriter {
    private final Snapshot snapshot;
    private final SnapshotFiles files;

    WorkingSetWriter(Snapshot snapshot) {
        this(snapshot, new SnapshotFiles());
    }

    WorkingSetWriter(Snapshot snapshot, SnapshotFiles files) {
        this.snapshot = snapshot;
        this.files = files;
    }

    void write(WorkingSet set) {
        Path target = snapshot.directory().resolve(WorkingSet.FILE);
        Path unfinished = snapshot.directory().resolve("." + WorkingSet.FILE + "." + UUID.randomUUID());
        try {
            try {
                writeTo(unfinished, set);
                files.rename(unfinished, target);
            } finally {
                files.discard(unfinished);
            }
            files.sync(snapshot.directory());
        } catch (IOException e) {
            throw new SnapshotException(target, "the working set cannot be written: " + e.getMessage(), e);
        }
    }

    private void writeTo(Path path, WorkingSet set) throws IOException {
        try (Arena arena = Arena.ofConfined();
                ImageReader memory = ImageReader.open(snapshot.memory());
                FileChannel file = files.create(path)) {
            SnapshotFiles.write(file, WorkingSetFile.encode(set));
            MemorySegment buffer = arena.allocate(MemoryImage.EXTENT, MemoryImage.PAGE);
            for (Run run : set.runs()) {
                copy(memory, run, buffer, file);
            }
            file.force(true);
        } catch (SystemCallException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void copy(ImageReader memory, Run run, MemorySegment buffer, FileChannel file) throws IOException {
        long place = (long) run.begin() * MemoryImage.PAGE;
        long end = place + run.bytes();
        while (place < end) {
            MemorySegment pages = buffer.asSlice(0, Math.min(MemoryImage.EXTENT, end - place));
            memory.read(place, pages);
            SnapshotFiles.write(file, pages.asByteBuffer());
            place += pages.byteSize();
        }
    }
}
