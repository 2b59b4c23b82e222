// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import java.util.List;

class PmemFuzzTest {
    static final PmemConfig CONFIG = MemoryPmem.config().setup(VirtioSetup.DEFAULT.packed());

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(new PmemFactory(), CONFIG, script, heap -> request(script, heap)))
                .isTrue();
    }

    private static List<GuestBuffer> request(FuzzedDataProvider script, GuestHeap heap) {
        byte[] type = {(byte) script.consumeInt(0, 3), 0, 0, 0};
        int length = script.consumeInt(0, 16);
        return List.of(
                GuestBuffer.readable(heap.put(type), type.length), GuestBuffer.writable(heap.take(length, 16), length));
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new PmemFactory(), CONFIG, bytes)).isIn(true, false);
    }
}
