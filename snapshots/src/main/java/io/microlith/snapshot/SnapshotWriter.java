// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.microlith.vmm.memory.GuestMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * Writes a snapshot's directory under a name of its own and renames it when all of it is on the medium. So there is a
 * whole snapshot or none, whenever the host stops.
 */
final class SnapshotWriter {
    private final Path target;

    SnapshotWriter(Path target) {
        this.target = target.toAbsolutePath();
    }

    void write(byte[] state, GuestMemory memory) {
        try {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            Path parent = target.getParent();
            // The memory of a guest is nobody else's to read.
            Path unfinished = Files.createTempDirectory(
                    parent,
                    "." + target.getFileName() + ".",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            boolean done = false;
            try {
                writeInto(unfinished, state, memory);
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
                done = true;
            } finally {
                if (!done) {
                    discard(unfinished);
                }
            }
            sync(parent);
        } catch (FileAlreadyExistsException e) {
            throw new SnapshotException(target, "there is something of this name: choose another, or remove it", e);
        } catch (IOException e) {
            throw new SnapshotException(target, "it cannot be written: " + e.getMessage(), e);
        }
    }

    private static void writeInto(Path directory, byte[] state, GuestMemory memory) throws IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(Snapshot.MEMORY_FILE), CREATE_NEW, READ, WRITE)) {
            new MemoryWriter(file).write(memory);
            file.force(true);
        }
        try (FileChannel file = FileChannel.open(directory.resolve(Snapshot.STATE_FILE), CREATE_NEW, WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(state);
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            file.force(true);
        }
        sync(directory);
    }

    /** Has the entries of a directory on the medium. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, READ)) {
            entries.force(true);
        }
    }

    /** As far as possible: there is a reason already why this failed. */
    private static void discard(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // Its name says what it is; the next one has another.
        }
    }
}
