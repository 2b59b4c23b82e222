// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.vmm.bus.AddressRange;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageNumbersTest {
    private static final long PAGE = 4096;

    /** Three pages, and two behind a hole. */
    private final PageNumbers numbers =
            new PageNumbers(List.of(new AddressRange(PAGE, 3 * PAGE), new AddressRange(8 * PAGE, 2 * PAGE)));

    @Test
    void page_ofEachRegion_isCountedOverAll() {
        assertThat(numbers.count()).isEqualTo(5);
        assertThat(numbers.region(2 * PAGE + 5, 8)).isZero();
        assertThat(numbers.region(9 * PAGE, PAGE)).isOne();
        assertThat(numbers.region(9 * PAGE, PAGE + 1)).isNegative();
        assertThat(numbers.region(0, 8)).isNegative();
        assertThat(numbers.region(4 * PAGE, 0)).isNegative();
        assertThat(numbers.page(0, 2 * PAGE + 5)).isOne();
        assertThat(numbers.page(1, 9 * PAGE)).isEqualTo(4);
    }

    @Test
    void pages_ofAddresses_areThoseWithAByteOfThem() {
        assertThat(numbers.pages(List.of(new AddressRange(2 * PAGE + 5, PAGE), new AddressRange(0, 10 * PAGE - 1))))
                .isEqualTo(set(0, 1, 2, 3, 4));
        assertThat(numbers.pages(List.of(new AddressRange(2 * PAGE + 5, 1), new AddressRange(5 * PAGE, 3 * PAGE + 1))))
                .isEqualTo(set(1, 3));
        assertThat(numbers.pages(List.of())).isEqualTo(set());
    }

    @Test
    void ranges_ofPages_areThoseInARowOfARegion() {
        assertThat(numbers.ranges(set(1, 2, 3, 4)))
                .containsExactly(new AddressRange(2 * PAGE, 2 * PAGE), new AddressRange(8 * PAGE, 2 * PAGE));
        assertThat(numbers.ranges(set(0, 2)))
                .containsExactly(new AddressRange(PAGE, PAGE), new AddressRange(3 * PAGE, PAGE));
        assertThat(numbers.ranges(set())).isEmpty();
    }

    private static BitSet set(int... pages) {
        BitSet set = new BitSet();
        IntStream.of(pages).forEach(set::set);
        return set;
    }
}
