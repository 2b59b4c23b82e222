// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.benchmarks.baseline.RequiresCompiler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GuestProgramTest {
    private static final Path SOURCES = Path.of("src", "main", "guest").toAbsolutePath();

    @TempDir
    private Path directory;

    static Stream<GuestProgram> programs() {
        return Stream.of(GuestProgram.exits(), GuestProgram.touches());
    }

    /** The image in the resources is what its source says. */
    @ParameterizedTest
    @MethodSource("programs")
    @RequiresCompiler
    void image_builtAgain_isTheOneCheckedIn(GuestProgram program) throws IOException {
        Path source = SOURCES.resolve(program.describe().replace(".bin", ".S"));
        run("gcc", "-c", "-o", "program.o", source.toString());
        run("ld", "-Ttext", "0", "--oformat", "binary", "-o", "built.bin", "program.o");

        Path checkedIn = program.writeTo(directory);

        assertThat(checkedIn).hasSameBinaryContentAs(directory.resolve("built.bin"));
    }

    @Test
    void source_constants_areThoseOfTheClass() throws IOException {
        String source = Files.readString(SOURCES.resolve("exits.S"));

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
