// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

class BlkFuzzTest {
    private static final int SIZE = 1 << 16;
    static final BlkConfig CONFIG = BlkConfig.of(() -> new MemoryBackend(SIZE)).setup(VirtioSetup.DEFAULT.packed());

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(new BlkFactory(), CONFIG, script, heap -> request(script, heap)))
                .isTrue();
    }

    private static List<GuestBuffer> request(FuzzedDataProvider script, GuestHeap heap) {
        int type = script.consumeInt(0, 15);
        long sector = script.consumeBoolean() ? script.consumeLong() : script.consumeLong(0, SIZE >> 9);
        int length = script.consumeInt(0, 4096);
        return List.of(
                GuestBuffer.readable(heap.put(header(type, sector)), 16),
                type == BlkRequest.IN || type == BlkRequest.GET_ID
                        ? GuestBuffer.writable(heap.take(length, 16), length)
                        : GuestBuffer.readable(heap.take(length, 16), length),
                GuestBuffer.writable(heap.take(1, 1), 1));
    }

    private static byte[] header(int type, long sector) {
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(sector)
                .array();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new BlkFactory(), CONFIG, bytes)).isIn(true, false);
    }
}
