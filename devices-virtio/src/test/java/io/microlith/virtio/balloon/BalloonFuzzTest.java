// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import java.time.Duration;
import java.util.List;

class BalloonFuzzTest {
    static BalloonConfig config() {
        return BalloonConfig.of(new BalloonControl())
                .features(BalloonFeature.values())
                .statistics(Duration.ofHours(1))
                .setup(VirtioSetup.DEFAULT.packed());
    }

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(new BalloonFactory(), config(), script, heap -> {
                    long numbers = heap.take(4, 4);
                    heap.memory().putInt(numbers, script.consumeInt(0x80, 0xff));
                    return List.of(GuestBuffer.readable(numbers, 4));
                }))
                .isTrue();
    }

    /** The same on all queues, in either way of counting them. */
    @FuzzTest
    void driver_anyPages_harmNothing(FuzzedDataProvider script) {
        assertThat(HostileGiver.play(config(), script)).isTrue();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new BalloonFactory(), config(), bytes)).isIn(true, false);
    }
}
