// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1536 B",
        "268435456, 256 MiB",
        "1610612736, 1536 MiB",
        "1099511627776, 1024 GiB"
    })
    void toString_amount_hasTheLargestUnitThatDividesIt(long bytes, String text) {
        assertThat(Size.bytes(bytes)).hasToString(text);
    }

    @Test
    void units_oneOfEach_are1024OfTheNext() {
        assertThat(Size.gibibytes(1)).isEqualTo(Size.mebibytes(1024));
        assertThat(Size.mebibytes(1)).isEqualTo(Size.kibibytes(1024));
        assertThat(Size.kibibytes(1)).isEqualTo(Size.bytes(1024));
    }

    @Test
    void units_tooMuch_isRefusedAndDoesNotWrap() {
        assertThatThrownBy(() -> Size.gibibytes(1L << 33)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Size.bytes(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void compareTo_amounts_isByBytes() {
        assertThat(Size.kibibytes(1)).isGreaterThan(Size.bytes(1023)).isLessThan(Size.bytes(1025));
    }
}
