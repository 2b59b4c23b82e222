// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.benchmarks.baseline.RequiresCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestProgramTest {
    private static final Path SOURCE =
            Path.of("src", "main", "guest", "exits.S").toAbsolutePath();

    @TempDir
    private Path directory;

    /** The image in the resources is what its source says. */
    @Test
    @RequiresCompiler
    void image_builtAgain_isTheOneCheckedIn() throws IOException {
        run("gcc", "-c", "-o", "exits.o", SOURCE.toString());
        run("ld", "-Ttext", "0", "--oformat", "binary", "-o", "built.bin", "exits.o");

        Path checkedIn = GuestProgram.load().writeTo(directory);

        assertThat(checkedIn).hasSameBinaryContentAs(directory.resolve("built.bin"));
    }

    @Test
    void source_constants_areThoseOfTheClass() throws IOException {
        String source = Files.readString(SOURCE);

        assertThat(source)
                .contains(".set    CONTROL_PORT, 0x" + Integer.toHexString(GuestProgram.CONTROL_PORT))
                .contains(".set    PORT, 0x" + Integer.toHexString(GuestProgram.PORT))
                .contains(".set    MEMORY, 0x" + Long.toHexString(GuestProgram.MEMORY));
    }

    private void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.onExit().join().exitValue()).as(output).isZero();
    }
}
