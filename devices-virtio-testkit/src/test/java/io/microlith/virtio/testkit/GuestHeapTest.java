// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuestHeapTest {
    private final FakeDeviceContext machine = new FakeDeviceContext("any");
    private final GuestHeap heap = new GuestHeap(machine.memory());

    @AfterEach
    void close() {
        machine.close();
    }

    @Test
    void take_again_isAlignedApartAndZero() {
        machine.memory().putLong(0x1_0000, -1);
        machine.memory().putLong(0x1_0008, -1);
        long first = heap.take(3, 1);
        long second = heap.take(8, 8);
        assertThat(second % 8).isZero();
        assertThat(second).isGreaterThanOrEqualTo(first + 3);
        assertThat(machine.memory().getShort(first)).isZero();
        assertThat(machine.memory().getLong(second)).isZero();
    }

    @Test
    void take_allThereIs_thenThrows() {
        heap.take(FakeDeviceContext.MEMORY_SIZE - 0x1_0000, 1);
        assertThatThrownBy(() -> heap.take(1, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new GuestHeap(machine.memory()).take(-1, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void put_bytes_areThere() {
        assertThat(machine.memory().getShort(heap.put((byte) 1, (byte) 2))).isEqualTo((short) 0x201);
    }
}
