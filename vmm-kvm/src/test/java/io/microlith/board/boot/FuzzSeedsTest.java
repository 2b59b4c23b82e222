// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The checked-in seeds are those of {@link FuzzSeeds}, and reach the end of a loader. */
class FuzzSeedsTest {
    /** Set to the directory of the test resources to write the seeds anew. */
    private static final String WRITE_TO = System.getProperty("microlith.seeds.write", "");

    @Test
    void seeds_checkedIn_areThoseOfTheBuilders() {
        FuzzSeeds.ALL.forEach((name, expected) -> {
            if (!WRITE_TO.isEmpty()) {
                write(Path.of(WRITE_TO, "io/microlith/board/boot", name), expected);
            } else {
                assertThat(read(name))
                        .as("%s: write the seeds anew with -Dmicrolith.seeds.write=DIRECTORY", name)
                        .isEqualTo(expected);
            }
        });
    }

    @Test
    void seeds_loaded_areAccepted() {
        try (HostileFile files = new HostileFile()) {
            FuzzSeeds.ALL.forEach((name, seed) ->
                    assertThat(files.load(seed, KernelBoot::kernel)).as(name).isPresent());
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = FuzzSeedsTest.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Samples.write(file, content);
    }
}
