// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests that take longer than a turn has. */
class BlkSliceTest {
    private static final int BUFFER = 256 << 10;
    private static final int COUNT = 12;
    private static final int LENGTH = COUNT * BUFFER;
    private static final int OUT = 1;
    private static final byte NOT_YET = 0x55;

    private final SlowBackend disk = new SlowBackend(2 * LENGTH);

    /** Adds a request to write the same buffer, again and again; returns where its status will be. */
    private static long addLarge(BlkGuest guest) {
        byte[] content = new byte[BUFFER];
        Arrays.fill(content, (byte) 9);
        long buffer = guest.driver.heap().put(content);
        GuestBuffer[] data = IntStream.range(0, COUNT)
                .mapToObj(_ -> GuestBuffer.readable(buffer, BUFFER))
                .toArray(GuestBuffer[]::new);
        return guest.add(OUT, 0, data);
    }

    private boolean isWritten(int from, int to) {
        byte[] content = disk.content();
        return IntStream.range(from, to).allMatch(i -> content[i] == 9);
    }

    @Test
    void write_takesLong_isDoneInTurns() {
        try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> disk).limiter(RateLimiter.of(0, 1)))) {
            long status = addLarge(guest);
            guest.driver.ring(0);
            guest.machine.eventLoop().poll(0);
            assertThat(disk.calls()).isEqualTo(1);
            assertThat(guest.machine.memory().getByte(status)).isEqualTo(NOT_YET);
            guest.driver.settle();
            assertThat(disk.calls()).isEqualTo(LENGTH >> 20);
            assertThat(disk.largest()).isEqualTo(1 << 20);
            assertThat(guest.driver.drain(guest.queue)).hasSize(1);
            assertThat(guest.machine.memory().getByte(status)).isZero();
            assertThat(isWritten(0, LENGTH)).isTrue();
            assertThat(isWritten(LENGTH, LENGTH + 1)).isFalse();
        }
    }

    @Test
    void reset_underWay_isForgotten() {
        try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> disk))) {
            long status = addLarge(guest);
            guest.driver.ring(0);
            guest.machine.eventLoop().poll(0);
            guest.driver.reset();
            guest.driver.settle();
            assertThat(disk.calls()).isEqualTo(1);
            assertThat(guest.machine.memory().getByte(status)).isEqualTo(NOT_YET);
            guest.begin();
            long next = addLarge(guest);
            guest.driver.kick(0);
            assertThat(guest.driver.drain(guest.queue)).hasSize(1);
            assertThat(guest.machine.memory().getByte(next)).isZero();
            assertThat(isWritten(0, LENGTH)).isTrue();
        }
    }

    @Test
    void queueReset_underWay_isForgotten() {
        try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> disk))) {
            addLarge(guest);
            guest.driver.ring(0);
            guest.machine.eventLoop().poll(0);
            guest.driver.resetQueue(0);
            SplitDriverQueue again = guest.driver.setUpQueue(0, 64);
            guest.driver.settle();
            assertThat(disk.calls()).isEqualTo(1);
            assertThat(again.poll()).isEmpty();
        }
    }

    @Test
    void save_underWay_isDoneElsewhere() {
        try (BlkGuest guest = new BlkGuest(BlkConfig.of(() -> disk))) {
            long status = addLarge(guest);
            guest.driver.ring(0);
            guest.machine.eventLoop().poll(0);
            BlkState state = ((BlkDevice) guest.device).save();
            byte[] memory = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
            guest.machine.memory().read(0, memory, 0, memory.length);
            try (FakeDeviceContext elsewhere = new FakeDeviceContext("blk")) {
                elsewhere.memory().write(0, memory);
                SlowBackend its = new SlowBackend(2 * LENGTH);
                try (Device restored = new BlkFactory().restore(BlkConfig.of(() -> its), state, elsewhere)) {
                    restored.resume();
                    new GuestDriver(elsewhere).settle();
                    assertThat(its.calls()).as("calls of %s", restored).isEqualTo(LENGTH >> 20);
                    assertThat(elsewhere.memory().getByte(status)).isZero();
                }
            }
        }
    }
}
