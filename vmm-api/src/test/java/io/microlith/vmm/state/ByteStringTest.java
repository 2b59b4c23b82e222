// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteStringTest {
    @Test
    void of_arrayChangedLater_keepsItsBytes() {
        byte[] bytes = {1, 2, 3};
        ByteString string = ByteString.of(bytes);
        bytes[0] = 9;
        string.toByteArray()[1] = 9;

        assertThat(string.toByteArray()).containsExactly(1, 2, 3);
        assertThat(string.at(0)).isEqualTo((byte) 1);
        assertThat(string.length()).isEqualTo(3);
    }

    @Test
    void equals_sameBytes_isTrue() {
        assertThat(ByteString.of(new byte[] {0, 1, 2}, 1, 2))
                .isEqualTo(ByteString.of((byte) 1, (byte) 2))
                .hasSameHashCodeAs(ByteString.of((byte) 1, (byte) 2))
                .isNotEqualTo(ByteString.EMPTY)
                .hasToString("0102");
    }
}
