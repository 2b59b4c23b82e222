// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 0", "0, -1", "9223372036854775807, 2"})
    void new_emptyNegativeOrWrapping_isRefused(long base, long size) {
        assertThatThrownBy(() -> new AddressRange(base, size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no range [base=0x" + Long.toHexString(base) + " size=0x" + Long.toHexString(size) + "]");
    }

    @Test
    void last_upToTheHighestAddress_doesNotWrap() {
        assertThat(new AddressRange(1, Long.MAX_VALUE).last()).isEqualTo(Long.MAX_VALUE);
        assertThat(new AddressRange(Long.MAX_VALUE, 1).last()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void contains_edges_areInside() {
        AddressRange range = new AddressRange(0x1000, 0x10);
        assertThat(range.contains(0x1000, 0x10)).isTrue();
        assertThat(range.contains(0x100f, 1)).isTrue();
        assertThat(range.contains(0x1000, 0x11)).isFalse();
        assertThat(range.contains(0x100f, 2)).isFalse();
        assertThat(range.contains(0xfff, 1)).isFalse();
        assertThat(range.contains(0x1000, -1)).isFalse();
        assertThat(range.contains(-1, 1)).isFalse();
        assertThat(range.contains(0x1000, Long.MAX_VALUE)).isFalse();
    }

    @Test
    void toString_range_hasFirstAndLast() {
        assertThat(new AddressRange(0xd0000000L, 0x1000)).hasToString("0xd0000000-0xd0000fff");
    }

    @Test
    void compareTo_others_isByBase() {
        assertThat(new AddressRange(1, 5))
                .isLessThan(new AddressRange(2, 1))
                .isEqualByComparingTo(new AddressRange(1, 1));
    }
}
