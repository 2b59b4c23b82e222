// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** What is in this module's jar, as files that other programs read. */
public final class ResourceFile {
    private ResourceFile() {}

    /**
     * Copies one into a directory, where one of its name is replaced.
     *
     * @param owner the class beside which it is
     * @return where it is now, absolute
     */
    public static Path copy(Class<?> owner, String name, Path directory) throws IOException {
        Path target = directory.resolve(name).toAbsolutePath();
        try (InputStream source = owner.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(source, name), target, StandardCopyOption.REPLACE_EXISTING);
        }
        return target;
    }
}
