// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.HostTool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reference compiler of ACPI, {@code iasl}, takes every table apart and puts it together again. It is in Debian's
 * package acpica-tools; where it is missing the test says so and is skipped, or fails if nothing may be skipped.
 */
class AcpiIaslIT {
    private static final long SECONDS = 60;

    @TempDir
    Path directory;

    static Stream<Arguments> tables() {
        return Stream.of(
                        Arguments.of("full", AcpiTables.build(TestPlans.full(), TestPlans.AREA)),
                        Arguments.of("small", AcpiTables.build(TestPlans.small(), TestPlans.AREA)))
                .flatMap(plan -> TableReader.of((AcpiImage) plan.get()[1]).signatures().stream()
                        .map(signature -> Arguments.of(plan.get()[0], signature, plan.get()[1])));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("tables")
    void iasl_everyTable_isReadAndCompiledToTheSameLength(String plan, String signature, AcpiImage image)
            throws IOException, InterruptedException {
        new HostTool("iasl", "acpica-tools").require();
        ByteBuffer table = TableReader.of(image).table(signature);
        byte[] bytes = new byte[table.limit()];
        table.get(0, bytes);
        Path binary = Files.write(directory.resolve("table.dat"), bytes);

        String read = run("-d", binary.toString());
        assertThat(read).doesNotContainIgnoringCase("error").doesNotContainIgnoringCase("warning");
        String compiled = run(
                "-oa",
                "-p",
                directory.resolve("again").toString(),
                directory.resolve("table.dsl").toString());

        assertThat(compiled).contains("Compilation successful. 0 Errors, 0 Warnings, 0 Remarks");
        assertThat(Files.readAllBytes(directory.resolve("again.aml"))).hasSize(bytes.length);
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("iasl"), Stream.of(arguments)).toList();
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " did not end");
        }
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
