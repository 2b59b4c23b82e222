// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.DeviceStatus;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.BlkState;
import io.microlith.virtio.blk.MemoryBackend;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.state.Snapshotable;
import io.microlith.vmm.state.StateCodec;

/** Any accesses to the registers of a device with several queues, which keep what they promise all the time. */
class MmioRegistersFuzzTest {
    private static final BlkConfig CONFIG =
            BlkConfig.of(() -> new MemoryBackend(4096)).queues(3);
    private static final int[] WIDTHS = {4, 4, 4, 4, 1, 2, 8};
    private static final int MOST_STEPS = 300;

    @FuzzTest
    void access_anyScript_registersKeepTheirPromises(FuzzedDataProvider script) {
        BlkFactory factory = new BlkFactory();
        byte[] saved;
        try (FakeDeviceContext machine = new FakeDeviceContext("blk");
                Device device = factory.create(CONFIG, machine)) {
            play(machine, script);
            saved = StateCodec.encode(((Snapshotable<?>) device).save());
        }
        try (FakeDeviceContext machine = new FakeDeviceContext("blk")) {
            BlkState state = factory.read(StateCodec.reader(saved));
            try (Device device = factory.restore(CONFIG, state, machine)) {
                check(machine);
                boolean needsReset = (state.virtio().status() & DeviceStatus.NEEDS_RESET) != 0;
                require(
                        ((Snapshotable<?>) device).save().equals(state) || !needsReset,
                        "what is restored is what was saved");
            }
        }
    }

    private static void play(FakeDeviceContext machine, FuzzedDataProvider script) {
        long base = machine.windows().getFirst().base();
        for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
            int width = WIDTHS[script.consumeInt(0, WIDTHS.length - 1)];
            long offset = script.consumeBoolean() ? 4L * script.consumeInt(0, 0x50) : script.consumeInt(0, 0xff8);
            if (script.consumeBoolean()) {
                machine.load(base + offset, width);
            } else {
                machine.store(base + offset, width, script.consumeInt());
            }
            check(machine);
            machine.eventLoop().poll(0);
        }
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
