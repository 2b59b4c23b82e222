// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.UnixSocket;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.LogCapture;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.DeviceId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A backend that is gone is a link that is down, and one line in the log. */
class NetLogTest {
    @Test
    void passt_gone_isALinkThatIsDownAndOneLine() {
        List<UnixSocket> pair = UnixSocket.pair();
        UnixSocket passt = pair.getLast();
        try (NetGuest guest = new NetGuest(
                NetConfig.of(() -> PasstBackend.on(pair.getFirst())),
                GuestDriver.ALL_OF_SPLIT_QUEUES,
                new FakeDeviceContext(new DeviceId("net", 101)),
                new SeedWriter())) {
            guest.giveAndRing(4, 1500);
            assertThat(guest.config(6, 2)).as("the link").isEqualTo(1);
            assertThat(LogCapture.get().with("net101 ")).isEmpty();
            passt.close();
            guest.driver.settle();
            assertThat(guest.config(6, 2)).as("the link").isZero();
            for (int i = 0; i < 50; i++) {
                assertThat(guest.send(NetGuest.frame(60, i))).isTrue();
                guest.driver.settle();
            }
            // A driver that begins again finds it as it is.
            guest.driver.begin(GuestDriver.VERSION_1 | 1L << 16);
            guest.driver.ready();
            assertThat(guest.config(6, 2)).as("the link").isZero();
        }
        assertThat(LogCapture.get().with("net101 "))
                .singleElement()
                .asString()
                .startsWith("WARN device=net101 has lost its backend: the link is down from here on");
    }
}
