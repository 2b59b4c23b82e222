// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static void write(LineOutput output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void write_linesOfTwo_stayWhole() throws IOException {
        try (LineOutput first = new LineOutput("1: ", out);
                LineOutput second = new LineOutput("2: ", out)) {
            write(first, "on");
            write(second, "two\nthr");
            write(first, "e\n");
            assertThat(written()).isEqualTo("2: two\n1: one\n");
        }
        assertThat(written()).isEqualTo("2: two\n1: one\n2: thr\n");
    }

    @Test
    void write_lineWithoutEnd_takesNoMoreMemory() throws IOException {
        try (LineOutput output = new LineOutput("", out)) {
            write(output, "x".repeat(10_000));
            assertThat(written()).hasSize(2 * 4097);
        }
    }

    @Test
    void write_lines_areHeardOnceTheyWerePassedOn() throws IOException {
        List<String> heard = new ArrayList<>();
        try (LineOutput output = new LineOutput("1: ", out, line -> heard.add(written() + line))) {
            write(output, "one\r\ntw");
            assertThat(heard).containsExactly("1: one\r\none\r\n");
            write(output, "o\n");
            assertThat(heard).endsWith("1: one\r\n1: two\ntwo\n");
        }
    }
}
