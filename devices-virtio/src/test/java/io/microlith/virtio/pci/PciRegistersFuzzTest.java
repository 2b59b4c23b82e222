// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.FakePciBus;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.MemoryBackend;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import java.util.List;

/** Any guest of a device on PCI: common configuration, vectors, configuration space and the window in it. */
class PciRegistersFuzzTest {
    private static final BlkConfig CONFIG =
            BlkConfig.of(() -> new MemoryBackend(4096)).queues(3).setup(VirtioSetup.DEFAULT.over(new PciTransport()));

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(
                        new BlkFactory(),
                        CONFIG,
                        script,
                        heap -> List.of(
                                GuestBuffer.readable(heap.take(16, 16), 16),
                                GuestBuffer.writable(heap.take(512, 16), 512),
                                GuestBuffer.writable(heap.take(1, 1), 1)),
                        PciRegistersFuzzTest::check))
                .isTrue();
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new BlkFactory(), CONFIG, bytes)).isIn(true, false);
    }

    /** What a guest cannot change, and what can only be so. */
    private static void check(FakeDeviceContext machine) {
        FakePciBus bus = machine.pciBus();
        require(bus.readConfig(1, 0, 4) == 0x1042_1af4, "the ids stay");
        require((bus.readConfig(1, 0x06, 2) & 0x10) != 0, "there are capabilities");
        int at = bus.readConfig(1, 0x34, 1);
        int count = 0;
        while (at != 0) {
            require(at >= 0x40 && count < 16, "the list of capabilities has an end");
            at = bus.readConfig(1, at + 1, 1);
            count++;
        }
        require(count == 6, "no capability comes or goes");
        require((bus.readConfig(1, 0x10, 4) & 0x0fff) == 4, "BAR 0 is as large, and of the kind, that it was");
        require(
                machine.windows().stream().noneMatch(window -> window.size() > 1 << 14),
                "nothing answers where it should not");
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
