// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files in which a Linux host says what it is, below /proc, /sys and /dev.
 *
 * @param root where these directories are: {@code /}, but for tests
 */
record HostFiles(Path root) {
    /** A file's text without the white space around it, or empty if it is not there or cannot be read. */
    Optional<String> text(String path) {
        try {
            return Optional.of(Files.readString(root.resolve(path)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A file's lines, or none if it is not there or cannot be read. */
    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** A file that has nothing but a number. */
    OptionalLong number(String path) {
        return text(path).map(HostFiles::parse).orElse(OptionalLong.empty());
    }

    /** The number after {@code name:} or {@code name} in a file of such lines. */
    OptionalLong field(String path, String name) {
        return lines(path).stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> parse(
                        line.substring(name.length()).replace(':', ' ').strip().split("\\s", 2)[0]))
                .orElse(OptionalLong.empty());
    }

    boolean exists(String path) {
        return Files.exists(root.resolve(path));
    }

    boolean isReadWrite(String path) {
        Path file = root.resolve(path);
        return Files.isReadable(file) && Files.isWritable(file);
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
