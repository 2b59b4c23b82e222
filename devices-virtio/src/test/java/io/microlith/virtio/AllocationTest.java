// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.blk.BlkConfig;
import io.microlith.virtio.blk.BlkFactory;
import io.microlith.virtio.blk.FileBackend;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.vmm.device.Device;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gate: a device in steady state allocates nothing for a request. The JVM has {@code -XX:MaxInlineLevel=30}, since
 * what is not inlined of a call into C allocates 40 bytes.
 */
class AllocationTest {
    private static final int QUEUE_SIZE = 64;
    private static final int ROUNDS = 1_000;

    /**
     * How long the compiler may be at work: until it is done, calls into C allocate, and on a busy machine it waits for
     * its turn. What allocates for every request is found at any time.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ThreadMXBean threads =
            Objects.requireNonNull(ManagementFactory.getPlatformMXBean(ThreadMXBean.class));

    @Test
    void rng_steadyState_allocatesNothing() {
        try (FakeDeviceContext machine = new FakeDeviceContext("rng");
                Device device = new RngFactory().create(RngConfig.fromHost(), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            GuestBuffer buffer = GuestBuffer.writable(driver.heap().take(64, 16), 64);
            assertThat(allocated(driver, buffer)).as("bytes of %s", device).isZero();
        }
    }

    @Test
    void blk_steadyState_allocatesNothing(@TempDir Path directory) throws IOException {
        Path disk = Files.write(directory.resolve("disk"), new byte[1 << 16]);
        try (FakeDeviceContext machine = new FakeDeviceContext("blk");
                Device device = new BlkFactory().create(BlkConfig.of(() -> FileBackend.open(disk)), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            long bytes = allocated(
                    driver,
                    GuestBuffer.readable(driver.heap().take(16, 16), 16),
                    GuestBuffer.writable(driver.heap().take(4096, 4096), 4096),
                    GuestBuffer.writable(driver.heap().take(1, 1), 1));
            assertThat(bytes).as("bytes of %s", device).isZero();
        }
    }

    /**
     * The bytes that the device's thread allocates for thousands of requests, its loop included, and without what the
     * driver does: in the first window of a machine's life in which it is nothing, or else in the last that patience
     * allows.
     */
    private long allocated(GuestDriver driver, GuestBuffer... buffers) {
        driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
        SplitDriverQueue queue = driver.setUpQueue(0, QUEUE_SIZE);
        driver.ready();
        long begin = System.nanoTime();
        long bytes;
        do {
            bytes = allocatedInAWindow(driver, queue, buffers);
        } while (bytes != 0 && System.nanoTime() - begin < PATIENCE.toNanos());
        return bytes;
    }

    private long allocatedInAWindow(GuestDriver driver, SplitDriverQueue queue, GuestBuffer... buffers) {
        int batch = QUEUE_SIZE / buffers.length;
        long bytes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < batch; i++) {
                queue.add(buffers);
            }
            driver.ring(0);
            long before = threads.getCurrentThreadAllocatedBytes();
            driver.settle();
            bytes += threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(driver.drain(queue)).hasSize(batch);
        }
        return bytes;
    }
}
