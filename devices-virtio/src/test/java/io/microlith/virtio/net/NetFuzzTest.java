// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.memory.GuestMemory;
import java.util.ArrayList;
import java.util.List;

class NetFuzzTest {
    private static final int MOST_STEPS = 60;
    private static final int LAST_STEP = 5;
    private static final int ARRIVE = 0;
    private static final int MOST_ARRIVING = 5000;
    private static final int MOST_BUFFERS = 4;
    private static final int MOST_BYTES = 3000;

    /** Where buffers begin. */
    private static final int LAST_PLACE = 0x7_ffff;

    static NetConfig steady() {
        return NetConfig.of(() -> new SteadyBackend(40, 2, 60)).mtu(9000).setup(VirtioSetup.DEFAULT.packed());
    }

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(
                        new NetFactory(),
                        steady(),
                        script,
                        heap -> List.of(GuestBuffer.writable(heap.take(64, 16), 64))))
                .isTrue();
    }

    /** Frames of any length for buffers of any form, and frames and commands of any form. */
    @FuzzTest
    void traffic_anyForm_leavesTheDeviceAtWork(FuzzedDataProvider script) {
        FrameBackend backend = new FrameBackend();
        long features = script.consumeBoolean() ? -1L : script.consumeLong() | GuestDriver.VERSION_1;
        try (NetGuest guest = new NetGuest(NetConfig.of(() -> backend).setup(VirtioSetup.DEFAULT.packed()), features)) {
            for (int step = 0; step < MOST_STEPS && script.remainingBytes() > 0; step++) {
                switch (script.consumeInt(0, LAST_STEP)) {
                    case ARRIVE -> backend.arrive(NetGuest.frame(script.consumeInt(0, MOST_ARRIVING), step));
                    case 1 -> add(guest, guest.receiving, 0, script);
                    case 2 -> add(guest, guest.sending, 1, script);
                    case 3 -> add(guest, guest.control, 2, script);
                    case 4 -> backend.sendError = script.consumeInt(-133, 0);
                    default -> guest.driver.resetQueue(script.consumeInt(0, 2));
                }
                settle(guest);
                guest.receiving.poll();
                guest.sending.poll();
                guest.control.poll();
            }
            guest.driver.reset();
            backend.sendError = 0;
            guest.driver.begin(GuestDriver.VERSION_1);
            DriverQueue queue = guest.driver.setUpQueue(1, 8);
            guest.driver.addStatus(GuestDriver.DRIVER_OK);
            queue.add(GuestBuffer.readable(guest.driver.heap().take(100, 16), 100));
            guest.driver.ring(1);
            settle(guest);
            assertThat(queue.poll()).isPresent();
        }
    }

    /** Writes down what a driver agrees to. */
    static void begin(SeedWriter script, long features) {
        script.truth(features == -1);
        if (features != -1) {
            script.wholeLong(features);
        }
    }

    /** Writes down that a frame arrives. */
    static void arrive(SeedWriter script, int length) {
        script.number(ARRIVE, 0, LAST_STEP).number(Math.min(length, MOST_ARRIVING), 0, MOST_ARRIVING);
    }

    /** Writes down that a driver gives the device some buffers. */
    static void add(SeedWriter script, int queue, GuestMemory memory, GuestBuffer... buffers) {
        script.number(1L + queue, 0, LAST_STEP).number(buffers.length, 1, MOST_BUFFERS);
        for (GuestBuffer buffer : buffers) {
            boolean readable = buffer.access() == GuestBuffer.Access.READ;
            script.number(buffer.address() & LAST_PLACE, 0, LAST_PLACE)
                    .number(Math.min(buffer.length(), MOST_BYTES), 0, MOST_BYTES)
                    .wholeLong(readable ? memory.getLong(buffer.address()) : 0)
                    .truth(readable);
        }
    }

    private static void add(NetGuest guest, DriverQueue queue, int index, FuzzedDataProvider script) {
        List<GuestBuffer> buffers = new ArrayList<>();
        int count = script.consumeInt(1, MOST_BUFFERS);
        for (int i = 0; i < count; i++) {
            long address = 0x8_0000L + script.consumeInt(0, LAST_PLACE);
            int length = script.consumeInt(0, MOST_BYTES);
            guest.machine.memory().putLong(address & 0xf_fff0, script.consumeLong());
            buffers.add(
                    script.consumeBoolean()
                            ? GuestBuffer.readable(address, length)
                            : GuestBuffer.writable(address, length));
        }
        try {
            queue.addIndirect(buffers);
        } catch (IllegalStateException e) {
            // The driver has no descriptor left, or no memory.
            return;
        }
        guest.driver.ring(index);
    }

    /** A backend that is full and ready at once, as a real one never is, has no end. */
    private static void settle(NetGuest guest) {
        for (int i = 0; i < 20 && guest.machine.eventLoop().poll(0) > 0; i++) {
            // More may have come of it.
        }
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new NetFactory(), steady(), bytes)).isIn(true, false);
    }
}
