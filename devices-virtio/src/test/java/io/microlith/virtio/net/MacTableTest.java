// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MacTableTest {
    @Test
    void find_moreAddressesThanPlaces_forgetsSomeAndMixesUpNone() {
        MacTable table = new MacTable();
        for (int i = 1; i <= 10_000; i++) {
            table.learn(0x0200_0000_0000L + i, i % 7);
        }
        int known = 0;
        for (int i = 1; i <= 10_000; i++) {
            int port = table.find(0x0200_0000_0000L + i);
            assertThat(port).isIn(i % 7, MacTable.NOWHERE);
            known += port == MacTable.NOWHERE ? 0 : 1;
        }
        assertThat(known).isBetween(2000, 4096);
        table.forget(3);
        for (int i = 3; i <= 10_000; i += 7) {
            assertThat(table.find(0x0200_0000_0000L + i)).isEqualTo(MacTable.NOWHERE);
        }
    }
}
