// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.vmm.error.ConfigException;
import org.junit.jupiter.api.Test;

class CowBusTest {
    private final CowBus<String> bus = new CowBus<>("mmio");
    private final BusCursor<String> cursor = bus.cursor();

    @Test
    void seek_emptyBus_findsNothing() {
        assertThat(cursor.seek(0, 1)).isFalse();
        assertThat(cursor.seek(-1, 1)).isFalse();
        assertThatThrownBy(cursor::device).isInstanceOf(NullPointerException.class);
    }

    @Test
    void seek_insideARange_findsDeviceAndOffset() {
        bus.add(new AddressRange(0x1000, 0x10), "low");
        bus.add(new AddressRange(0x2000, 0x10), "high");
        assertThat(cursor.seek(0x2008, 8)).isTrue();
        assertThat(cursor.device()).isEqualTo("high");
        assertThat(cursor.offset()).isEqualTo(8);
        assertThat(cursor.seek(0x100f, 1)).isTrue();
        assertThat(cursor.device()).isEqualTo("low");
        assertThat(cursor.offset()).isEqualTo(15);
    }

    @Test
    void seek_acrossTheEnd_findsNothing() {
        bus.add(new AddressRange(0x1000, 0x10), "one");
        bus.add(new AddressRange(0x1010, 0x10), "two");
        assertThat(cursor.seek(0x100e, 4)).isFalse();
        assertThat(cursor.seek(0x100c, 4)).isTrue();
        assertThat(cursor.seek(0x100e, 4)).isFalse();
        assertThat(cursor.seek(0xffe, 4)).isFalse();
    }

    @Test
    void seek_highestAddress_isFound() {
        bus.add(new AddressRange(Long.MAX_VALUE - 7, 8), "last");
        assertThat(cursor.seek(Long.MAX_VALUE - 7, 8)).isTrue();
        assertThat(cursor.seek(Long.MAX_VALUE - 6, 8)).isFalse();
        assertThat(cursor.seek(Long.MIN_VALUE, 1)).isFalse();
    }

    @Test
    void seek_afterAMiss_keepsTheLastHit() {
        bus.add(new AddressRange(0, 1), "zero");
        assertThat(cursor.seek(0, 1)).isTrue();
        assertThat(cursor.seek(5, 1)).isFalse();
        assertThat(cursor.device()).isEqualTo("zero");
        assertThat(cursor.seek(0, 1)).isTrue();
    }

    @Test
    void add_overlapping_isRefusedAndNamesBoth() {
        bus.add(new AddressRange(0x1000, 0x1000), "timer");
        assertThatThrownBy(() -> bus.add(new AddressRange(0x1fff, 1), "disk"))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.setting()).isEqualTo("mmio"))
                .hasMessage("mmio: 0x1fff-0x1fff of disk overlaps 0x1000-0x1fff of timer: give one of them another"
                        + " address");
        assertThat(bus.ranges()).containsExactly(new AddressRange(0x1000, 0x1000));
    }

    @Test
    void remove_exactRange_isSeenByTheCursor() {
        AddressRange range = new AddressRange(0x1000, 0x10);
        bus.add(range, "gone");
        assertThat(cursor.seek(0x1000, 1)).isTrue();
        assertThat(bus.remove(range)).isTrue();
        assertThat(cursor.seek(0x1000, 1)).isFalse();
        assertThat(bus.remove(range)).isFalse();
    }

    @Test
    void remove_otherRange_leavesTheDevice() {
        bus.add(new AddressRange(0x1000, 0x10), "stays");
        assertThat(bus.remove(new AddressRange(0x1000, 0x8))).isFalse();
        assertThat(cursor.seek(0x1000, 1)).isTrue();
    }

    @Test
    void ranges_addedInAnyOrder_areByAddress() {
        bus.add(new AddressRange(0x3000, 1), "c");
        bus.add(new AddressRange(0x1000, 1), "a");
        bus.add(new AddressRange(0x2000, 1), "b");
        assertThat(bus.ranges()).isSorted().hasSize(3);
    }
}
