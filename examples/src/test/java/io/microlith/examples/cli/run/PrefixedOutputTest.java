// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrefixedOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static void write(PrefixedOutput output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void write_linesOfTwo_stayWhole() throws IOException {
        try (PrefixedOutput first = new PrefixedOutput("1: ", out);
                PrefixedOutput second = new PrefixedOutput("2: ", out)) {
            write(first, "on");
            write(second, "two\nthr");
            write(first, "e\n");
            assertThat(written()).isEqualTo("2: two\n1: one\n");
        }
        assertThat(written()).isEqualTo("2: two\n1: one\n2: thr\n");
    }

    @Test
    void write_lineWithoutEnd_takesNoMoreMemory() throws IOException {
        try (PrefixedOutput output = new PrefixedOutput("", out)) {
            write(output, "x".repeat(10_000));
            assertThat(written()).hasSize(2 * 4097);
        }
    }
}
