// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * What writing a snapshot and what goes with it asks of the file system, step by step, so that a test can have each of
 * them fail.
 */
class SnapshotFiles {
    /** Makes a directory with a new name that begins with {@code prefix}. A guest's memory is nobody else's to read. */
    Path createDirectory(Path parent, String prefix) throws IOException {
        return Files.createTempDirectory(
                parent, prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Makes a file. */
    FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, CREATE_NEW, READ, WRITE);
    }

    /** Writes all of some bytes, from where the file is. */
    static void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** Gives a file or directory its name; a file that has it goes. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes what was begun and not finished, as far as possible: there is a reason already why it was not. */
    void discard(Path unfinished) {
        try {
            if (Files.isDirectory(unfinished)) {
                try (Stream<Path> entries = Files.list(unfinished)) {
                    for (Path file : entries.toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
            Files.deleteIfExists(unfinished);
        } catch (IOException _) {
            // Its name says what it is; the next one has another.
        }
    }

    /** Has the entries of a directory on the medium. */
    void sync(Path directory) throws IOException {
        try (FileChannel entries = FileChannel.open(directory, READ)) {
            entries.force(true);
        }
    }
}
