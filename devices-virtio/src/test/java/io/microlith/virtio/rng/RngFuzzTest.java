// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import java.util.List;

class RngFuzzTest {
    static final RngConfig CONFIG = RngConfig.fromHost().setup(VirtioSetup.DEFAULT.packed());

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(
                        new RngFactory(), CONFIG, script, heap -> List.of(GuestBuffer.writable(heap.take(64, 16), 64))))
                .isTrue();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new RngFactory(), CONFIG, bytes)).isIn(true, false);
    }
}
