// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against the same questions put to numbers that do not wrap. */
class AddressRangePropertyTest {
    @Property
    void contains_anything_agreesWithUnboundedNumbers(
            @ForAll("ranges") AddressRange range, @ForAll long address, @ForAll long length) {
        BigInteger first = BigInteger.valueOf(address);
        BigInteger end = first.add(BigInteger.valueOf(length));
        boolean expected = length > 0
                && first.compareTo(BigInteger.valueOf(range.base())) >= 0
                && end.compareTo(BigInteger.valueOf(range.last()).add(BigInteger.ONE)) <= 0;
        if (length != 0) {
            assertThat(range.contains(address, length)).isEqualTo(expected);
        }
    }

    @Property
    void overlaps_twoRanges_agreesWithSharedAddresses(
            @ForAll("ranges") AddressRange one, @ForAll("ranges") AddressRange two) {
        boolean shares = Math.max(one.base(), two.base()) <= Math.min(one.last(), two.last());
        assertThat(one.overlaps(two)).isEqualTo(shares);
        assertThat(two.overlaps(one)).isEqualTo(shares);
        assertThat(one.overlaps(one)).isTrue();
    }

    @Provide
    Arbitrary<AddressRange> ranges() {
        Arbitrary<Long> bases = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 64), Arbitraries.longs().between(0, Long.MAX_VALUE));
        Arbitrary<Long> sizes = Arbitraries.oneOf(
                Arbitraries.longs().between(1, 16), Arbitraries.longs().between(1, Long.MAX_VALUE));
        return Combinators.combine(bases, sizes)
                .as((base, size) -> new AddressRange(base, Math.max(1, Math.min(size, Long.MAX_VALUE - base))));
    }
}
