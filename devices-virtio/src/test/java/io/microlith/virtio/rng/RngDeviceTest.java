// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.linux.IoVector;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.testkit.DriverQueue;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RngDeviceTest {
    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(RngFuzzTest.class);

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("rng"));
    private final Map<String, Long> events = new HashMap<>();
    private final Device device = new RngFactory().create(RngConfig.fromHost().events(new Counter()), machine);
    private final GuestDriver driver = new GuestDriver(machine);

    private final class Counter implements RngEvents {
        @Override
        public void onFilled(long bytes) {
            events.merge("filled", bytes, Long::sum);
        }

        @Override
        public void onRefused() {
            events.merge("refused", 1L, Long::sum);
        }

        @Override
        public void onSourceFailed(int errno) {
            events.put("failed", (long) errno);
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private DriverQueue live() {
        driver.begin(GuestDriver.VERSION_1 | GuestDriver.EVENT_IDX | GuestDriver.INDIRECT_DESC);
        DriverQueue queue = driver.setUpQueue(0, 8);
        driver.ready();
        return queue;
    }

    @Test
    void device_found_saysWhatItIs() {
        assertThat(driver.read(0x000)).isEqualTo(0x74726976);
        assertThat(driver.read(0x004)).isEqualTo(2);
        assertThat(driver.read(0x008)).isEqualTo(4);
        assertThat(machine.nodes()).hasSize(1);
        assertThat(machine.nodes().getFirst().hardwareId()).isEqualTo("LNRO0005");
    }

    @Test
    void request_buffers_areFilledWithDifferentBytes() {
        DriverQueue queue = live();
        long first = driver.heap().take(4096, 16);
        long second = driver.heap().take(64, 16);
        int id = queue.add(GuestBuffer.writable(first, 4096), GuestBuffer.writable(second, 64));
        driver.kick(0);
        assertThat(queue.poll()).contains(new UsedBuffer(id, 4160));
        assertThat(machine.memory().getLong(first))
                .isNotEqualTo(machine.memory().getLong(second));
        assertThat(machine.memory().getLong(first + 4088)).isNotZero();
        assertThat(driver.interrupted()).isTrue();
        assertThat(driver.takeInterruptStatus()).isEqualTo(GuestDriver.USED_BUFFER);
        assertThat(driver.takeInterruptStatus()).isZero();
        assertThat(events).containsEntry("filled", 4160L);
    }

    @Test
    void request_moreThanTheMost_isFilledInPart() {
        DriverQueue queue = live();
        long buffer = driver.heap().take(128 << 10, 16);
        int id = queue.add(GuestBuffer.writable(buffer, 128 << 10));
        driver.kick(0);
        assertThat(queue.poll()).contains(new UsedBuffer(id, 64 << 10));
        assertThat(machine.memory().getLong(buffer + (64 << 10))).isZero();
    }

    @Test
    void request_readableBuffer_isCompletedWithNothing() {
        DriverQueue queue = live();
        int id = queue.add(GuestBuffer.readable(driver.heap().take(64, 16), 64));
        driver.kick(0);
        assertThat(queue.poll()).contains(new UsedBuffer(id, 0));
        assertThat(events).containsEntry("refused", 1L);
    }

    @Test
    void request_sourceFails_isCompletedWithNothing() {
        try (FakeDeviceContext other = new FakeDeviceContext("rng");
                Device dry = new RngFactory()
                        .create(RngConfig.fromHost().source(Dry::new).events(new Counter()), other)) {
            GuestDriver its = new GuestDriver(other);
            its.begin(GuestDriver.VERSION_1);
            DriverQueue queue = its.setUpQueue(0, 8);
            its.ready();
            int id = queue.add(GuestBuffer.writable(0x2000, 8));
            its.kick(0);
            assertThat(queue.poll()).contains(new UsedBuffer(id, 0));
            assertThat(events).containsEntry("failed", (long) Errno.EIO);
            assertThat(dry).hasToString("rng0");
        }
    }

    private record Dry() implements EntropySource {
        @Override
        public long fill(IoVector buffers) {
            return -Errno.EIO;
        }

        @Override
        public void close() {}
    }

    @Test
    void notify_beforeReady_doesNothing() {
        driver.begin(GuestDriver.VERSION_1);
        DriverQueue queue = driver.setUpQueue(0, 8);
        queue.add(GuestBuffer.writable(0x2000, 8));
        driver.kick(0);
        assertThat(queue.poll()).isEmpty();
        driver.ready();
        driver.kick(0);
        assertThat(queue.poll()).isPresent();
    }

    @Test
    void queue_broken_needsReset() {
        driver.begin(GuestDriver.VERSION_1);
        var queue = driver.setUpQueue(0, 8);
        driver.ready();
        queue.rawAvailIdx(100);
        driver.kick(0);
        assertThat(driver.status() & GuestDriver.NEEDS_RESET).isNotZero();
        assertThat(driver.takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        DriverQueue again = live();
        again.add(GuestBuffer.writable(0x2000, 8));
        driver.kick(0);
        assertThat(again.poll()).isPresent();
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("rng,loop=own").resolve(Map.of()).type()).isEqualTo("rng");
        assertThatThrownBy(() -> DeviceRequest.parse("rng,colour=red").resolve(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("rng.colour");
        assertThatThrownBy(() -> DeviceRequest.parse("rng,transport=usb").resolve(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("mmio");
    }
}
