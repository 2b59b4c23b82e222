// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatchedOutputTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final WatchedOutput output = new WatchedOutput(bytes);
    private final AtomicInteger found = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({
        "ready, not yet|, 0",
        "ready, it is ready|, 1",
        "ready, rea|dy, 1",
        "ready, ready ready, 1",
        "aab, aaab, 1",
        "abab, abaabab, 1",
        "aab, aa|a|b, 1",
        "ababc, abab|ababc, 1",
        "aab, aba, 0"
    })
    void expect_text_isNoticedOnceHoweverItIsCut(String text, String written, int times) throws IOException {
        output.expect(text, found::incrementAndGet);
        for (String part : written.split("\\|", -1)) {
            output.write(part.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(found).hasValue(times);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(written.replace("|", ""));
    }

    @Test
    void write_byteByByte_isNoticed() throws IOException {
        output.expect("ok", found::incrementAndGet);
        for (byte value : "it is ok".getBytes(StandardCharsets.UTF_8)) {
            output.write(value);
        }
        assertThat(found).hasValue(1);
    }

    @Test
    void write_nothingExpected_isPassedOn() throws IOException {
        output.write(new byte[] {1, 2, 3}, 1, 1);
        assertThat(bytes.toByteArray()).containsExactly(2);
    }
}
