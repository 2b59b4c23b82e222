// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.memory.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as users write them. */
class SizeTextTest {
    @ParameterizedTest
    @CsvSource({
        "64, 67108864",
        "512M, 536870912",
        "512 MiB, 536870912",
        "4g, 4294967296",
        "4GB, 4294967296",
        "100k, 102400",
        "0, 0"
    })
    void parse_size_isInBytes(String text, long bytes) {
        assertThat(SizeText.parse(text)).contains(Size.bytes(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "1.5G", "12T", "0x10", "1  M", "99999999999999999999", "9999999999G", "1MM"})
    void parse_anythingElse_isNone(String text) {
        assertThat(SizeText.parse(text)).isEmpty();
    }
}
