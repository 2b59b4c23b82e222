// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.microlith.benchmarks.harness.BenchException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineProcessTest {
    @TempDir
    private Path directory;

    private Path errors = Path.of("");

    @BeforeEach
    void nameErrors() {
        errors = directory.resolve("errors");
    }

    private LineProcess shell(String script) {
        return new LineProcess(List.of("/bin/sh", "-c", script), errors);
    }

    @Test
    void ask_programAnswers_givesItsNumbers() {
        try (LineProcess echo = shell("echo ready; while read -r line; do echo \"$line\"; done")) {
            assertThat(echo.ask("12 -3")).containsExactly(12, -3);
            assertThat(echo.ask("4")).containsExactly(4);
        }
    }

    @Test
    void constructor_programIsNotThere_saysSo() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> new LineProcess(List.of("/nowhere/program"), errors))
                .withMessageContaining("program: cannot be started");
    }

    @Test
    void constructor_programFails_quotesItsReason() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> shell("echo first >&2; echo no such device >&2; exit 3"))
                .withMessage("sh: ended with status 3: no such device");
    }

    @Test
    void constructor_otherGreeting_isRefused() {
        assertThatExceptionOfType(BenchException.class)
                .isThrownBy(() -> shell("echo hello; cat"))
                .withMessageContaining("said 'hello'");
    }

    @Test
    void ask_programEnds_saysSo() {
        try (LineProcess once = shell("echo ready; read -r line; echo 1; exit 0")) {
            once.ask("");

            assertThatExceptionOfType(BenchException.class)
                    .isThrownBy(() -> once.ask(""))
                    .withMessage("sh: ended with status 0: it gave no reason");
        }
    }

    @Test
    void ask_answerIsNoNumber_isRefused() {
        try (LineProcess odd = shell("echo ready; read -r line; echo many; cat")) {
            assertThatExceptionOfType(BenchException.class)
                    .isThrownBy(() -> odd.ask("how many"))
                    .withMessageContaining("answered 'many'");
        }
    }

    @Test
    void close_programWaitsForInput_endsIt() {
        LineProcess process = shell("echo ready; cat");

        process.close();

        assertThatExceptionOfType(BenchException.class).isThrownBy(() -> process.ask(""));
    }
}
