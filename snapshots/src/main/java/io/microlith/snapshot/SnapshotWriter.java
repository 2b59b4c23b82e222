// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * Writes a snapshot's directory under a name of its own and renames it when all of it is on the medium. So there is a
 * whole snapshot or none, whenever the host stops.
 */
final class SnapshotWriter {
    private final Path directory;
    private final Path target;
    private final SnapshotFiles files;

    SnapshotWriter(Path directory) {
        this(directory, new SnapshotFiles());
    }

    SnapshotWriter(Path directory, SnapshotFiles files) {
        this.directory = directory;
        target = directory.toAbsolutePath();
        this.files = files;
    }

    /** What it makes. */
    Path directory() {
        return directory;
    }

    /**
     * Writes memory and then what is said about it.
     *
     * @param state makes the state, from what there is to say about the memory file
     * @return the state
     */
    byte[] write(PageFlow pages, SnapshotSettings settings, Function<List<Section>, byte[]> state) {
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            return writeNew(pages, settings, state);
        } catch (FileAlreadyExistsException e) {
            throw new SnapshotException(target, "there is something of this name: choose another, or remove it", e);
        } catch (IOException e) {
            throw new SnapshotException(target, "it cannot be written: " + e.getMessage(), e);
        }
    }

    private byte[] writeNew(PageFlow pages, SnapshotSettings settings, Function<List<Section>, byte[]> state)
            throws IOException {
        Path parent = target.getParent();
        Path place = files.createDirectory(parent, "." + target.getFileName() + ".");
        boolean done = false;
        try {
            byte[] encoded = state.apply(writeMemory(place.resolve(Snapshot.MEMORY_FILE), pages, settings));
            if (encoded.length > StateFile.MAX_SIZE) {
                throw new IOException(
                        "there is more to say about so much memory than " + StateFile.MAX_SIZE + " bytes");
            }
            writeState(place.resolve(Snapshot.STATE_FILE), encoded);
            files.sync(place);
            files.rename(place, target);
            place = target;
            files.sync(parent);
            done = true;
            return encoded;
        } finally {
            if (!done) {
                files.discard(place);
            }
        }
    }

    private List<Section> writeMemory(Path path, PageFlow pages, SnapshotSettings settings) throws IOException {
        try (FileChannel file = files.create(path)) {
            List<Section> sections;
            try (PageSink sink = settings.sink(file)) {
                sections = pages.sendTo(sink);
            }
            file.force(true);
            return sections;
        }
    }

    private void writeState(Path path, byte[] state) throws IOException {
        try (FileChannel file = files.create(path)) {
            SnapshotFiles.write(file, ByteBuffer.wrap(state));
            file.force(true);
        }
    }
}
