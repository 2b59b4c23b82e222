// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NetDeviceTest extends NetFixture {
    @Test
    void device_found_saysWhatItIs() {
        NetGuest guest = guest(config.mtu(9000), GuestDriver.ALL_OF_SPLIT_QUEUES);
        assertThat(guest.driver.read(8)).isEqualTo(1);
        assertThat(guest.config(0, 4)).isEqualTo(0x33221102);
        assertThat(guest.config(4, 2)).isEqualTo(0x5544);
        assertThat(guest.config(6, 2)).as("link").isEqualTo(1);
        assertThat(guest.config(8, 2)).as("pairs").isEqualTo(1);
        assertThat(guest.config(10, 2)).as("MTU").isEqualTo(9000);
        assertThat(LongStream.range(0, 24).filter(bit -> (guest.driver.offered() >> bit & 1) != 0))
                .containsExactly(0L, 1L, 2L, 3L, 5L, 7L, 8L, 9L, 11L, 12L, 13L, 15L, 16L, 17L, 18L, 21L, 23L);
    }

    @Test
    void limiters_bothWays_putOffAndLoseNothing() {
        RateLimiter receiving = RateLimiter.of(0, 100);
        RateLimiter sending = RateLimiter.of(6_000, 0);
        NetGuest guest = guest(config.limiters(receiving, sending), GuestDriver.ALL_OF_SPLIT_QUEUES);
        guest.giveAndRing(30, 100);
        for (int i = 0; i < 30; i++) {
            backend.arrive(FRAME);
            guest.offer(FRAME);
        }
        long start = System.nanoTime();
        guest.driver.ring(1);
        int received = 0;
        while (System.nanoTime() - start < 20_000_000_000L && (received < 30 || backend.sent.size() < 30)) {
            guest.machine.eventLoop().poll(10_000_000);
            received += guest.receiveAll().size();
        }
        assertThat(received).isEqualTo(30);
        assertThat(guest.driver.drain(guest.sending)).hasSize(30);
        // 30 at 100 a second, of which a tenth of a second goes at once.
        assertThat(System.nanoTime() - start).isGreaterThan(150_000_000L);
        assertThat(events.get("throttled")).isGreaterThan(1L);
    }

    @Test
    void close_device_closesTheBackend() {
        guest().close();
        assertThat(backend.closed).isTrue();
        opened.clear();
        link.down();
    }

    @Test
    void create_backendWithTooManyPairs_isRefusedAndClosed() {
        FrameBackend many = new FrameBackend(17);
        try (FakeDeviceContext machine = new FakeDeviceContext("net")) {
            assertThatThrownBy(() -> new NetFactory().create(NetConfig.of(() -> many), machine))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("net.queues");
        }
        assertThat(many.closed).isTrue();
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse(
                                "net,tap=t0,mac=02:00:00:00:00:01,queues=2,mtu=1500,bandwidth=9,ops=9,transport=pci,pcap=f")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("net");
        for (String wrong : List.of(
                "net",
                "net,tap=a,passt=b",
                "net,fd=3,queues=2",
                "net,passt=p,queues=2",
                "net,tap=a,queues=17",
                "net,tap=a,mac=01:00:00:00:00:01",
                "net,tap=a,mac=0",
                "net,tap=a,mtu=67",
                "net,tap=a,colour=red",
                "net,fd=-2")) {
            assertThatThrownBy(() -> DeviceRequest.parse(wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("net.");
        }
    }
}
