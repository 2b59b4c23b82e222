// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import java.util.List;

class ConsoleFuzzTest {
    static ConsoleConfig config() {
        return ConsoleConfig.of(ZeroPort::new)
                .port(new ConsolePort("one", ZeroPort::new))
                .port(new ConsolePort("two", ZeroPort::new))
                .setup(VirtioSetup.DEFAULT.packed());
    }

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(
                        new ConsoleFactory(),
                        config(),
                        script,
                        heap -> List.of(GuestBuffer.writable(heap.take(64, 16), 64))))
                .isTrue();
    }

    /** The same on the queues with control messages. */
    @FuzzTest
    void driver_anyMessages_harmNothing(FuzzedDataProvider script) {
        assertThat(HostileTalk.play(config(), script)).isTrue();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new ConsoleFactory(), config(), bytes)).isIn(true, false);
    }
}
