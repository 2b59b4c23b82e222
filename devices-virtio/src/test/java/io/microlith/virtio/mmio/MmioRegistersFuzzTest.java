// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.DeviceStatus;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.MemoryBackend;
import io.microlith.virtio.testkit.GuestBuffer;
import java.util.List;

/** Any guest of a device with several queues, whose registers keep what they promise all the time. */
// Unit tests of devices write its corpus.
public class MmioRegistersFuzzTest {
    private static final BlkConfig CONFIG =
            BlkConfig.of(() -> new MemoryBackend(4096)).queues(3);

    /** For JUnit. */
    public MmioRegistersFuzzTest() {}

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
                        MmioRegistersFuzzTest::check))
                .isTrue();
    }

    private static void check(FakeDeviceContext machine) {
        require(read(machine, MmioRegisters.MAGIC_VALUE) == MmioRegisters.MAGIC, "the magic value stays");
        int status = read(machine, MmioRegisters.STATUS);
        boolean agreed = (status & DeviceStatus.FEATURES_OK) != 0;
        require(agreed || (status & DeviceStatus.DRIVER_OK) == 0, "no DRIVER_OK without FEATURES_OK");
        require(
                (status & DeviceStatus.DRIVER_OK) != 0 || (status & DeviceStatus.NEEDS_RESET) == 0,
                "no NEEDS_RESET without a driver");
        require(read(machine, MmioRegisters.QUEUE_READY) >>> 1 == 0, "a queue is ready or not");
        require(read(machine, MmioRegisters.QUEUE_SIZE_MAX) <= 256, "no queue has more elements than were said");
        require((read(machine, MmioRegisters.INTERRUPT_STATUS) & ~MmioRegisters.INTERRUPT_MASK) == 0, "two bits");
    }

    private static int read(FakeDeviceContext machine, int register) {
        return (int) machine.load(machine.windows().getFirst().base() + register, Integer.BYTES);
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
