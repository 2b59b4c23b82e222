// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
    @Test
    void of_text_isReadAndWritten() {
        assertThat(MacAddress.of("02:aB:00:00:00:1f").value()).isEqualTo(0x02ab_0000_001fL);
        assertThat(MacAddress.of("02:aB:00:00:00:1f")).hasToString("02:ab:00:00:00:1f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "02:00:00:00:00",
                "02:00:00:00:00:00:00",
                "2:0:0:0:0:1",
                "02-00-00-00-00-01",
                "01:00:00:00:00:00",
                "00:00:00:00:00:00",
                "ff:ff:ff:ff:ff:ff",
                "0g:00:00:00:00:00"
            })
    void of_noAddressOfACard_isRefused(String text) {
        assertThatThrownBy(() -> MacAddress.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void random_twice_areTwoLocalAddressesOfCards() {
        MacAddress one = MacAddress.random();
        assertThat(one).isNotEqualTo(MacAddress.random());
        assertThat(one.value() >>> 40 & 3).isEqualTo(2);
        assertThat(one.value() >>> 48).isZero();
    }
}
