// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.vmm.memory.GuestMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Writes a snapshot's directory under a name of its own and renames it when all of it is on the medium. So there is a
 * whole snapshot or none, whenever the host stops.
 */
final class SnapshotWriter {
    private final Path target;
    private final SnapshotFiles files;

    SnapshotWriter(Path target) {
        this(target, new SnapshotFiles());
    }

    SnapshotWriter(Path target, SnapshotFiles files) {
        this.target = target.toAbsolutePath();
        this.files = files;
    }

    void write(byte[] state, GuestMemory memory) {
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            writeNew(state, memory);
        } catch (FileAlreadyExistsException e) {
            throw new SnapshotException(target, "there is something of this name: choose another, or remove it", e);
        } catch (IOException e) {
            throw new SnapshotException(target, "it cannot be written: " + e.getMessage(), e);
        }
    }

    private void writeNew(byte[] state, GuestMemory memory) throws IOException {
        Path parent = target.getParent();
        Path place = files.createDirectory(parent, "." + target.getFileName() + ".");
        boolean done = false;
        try {
            writeInto(place, state, memory);
            files.rename(place, target);
            place = target;
            files.sync(parent);
            done = true;
        } finally {
            if (!done) {
                discard(place);
            }
        }
    }

    private void writeInto(Path directory, byte[] state, GuestMemory memory) throws IOException {
        try (FileChannel file = files.create(directory.resolve(Snapshot.MEMORY_FILE))) {
            new MemoryWriter(file).write(memory);
            file.force(true);
        }
        try (FileChannel file = files.create(directory.resolve(Snapshot.STATE_FILE))) {
            SnapshotFiles.write(file, ByteBuffer.wrap(state));
            file.force(true);
        }
        files.sync(directory);
    }

    /** As far as possible: there is a reason already why this failed. */
    private static void discard(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path file : entries.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Its name says what it is; the next one has another.
        }
    }
}
