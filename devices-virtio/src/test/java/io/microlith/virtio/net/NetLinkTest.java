// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Errno;
import io.microlith.virtio.testkit.GuestDriver;
import org.junit.jupiter.api.Test;

/** The cable, and the backend that is gone. */
class NetLinkTest extends NetFixture {
    @Test
    void link_down_losesWhatIsSentAndKeepsWhatComes() {
        NetGuest guest = guest();
        guest.giveAndRing(2, 200);
        guest.driver.takeInterruptStatus();
        link.down();
        assertThat(link.isUp()).isFalse();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isZero();
        assertThat(guest.driver.takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        assertThat(guest.send(FRAME)).isTrue();
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receiveAll()).isEmpty();
        link.up();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isEqualTo(1);
        assertThat(guest.receiveAll()).containsExactly(FRAME);
        assertThat(guest.send(FRAME)).isTrue();
        assertThat(backend.sent).hasSize(1);
        assertThat(events).containsEntry("sendDropped 0", 1L);
    }

    @Test
    void link_goesDownWhileAFrameWaits_losesIt() {
        NetGuest guest = guest();
        backend.sendError = -Errno.EAGAIN;
        guest.offer(FRAME);
        guest.driver.ring(1);
        guest.machine.eventLoop().poll(0);
        link.down();
        guest.driver.settle();
        assertThat(guest.sending.poll()).isPresent();
    }

    @Test
    void link_announce_asksTheDriverUntilItSaysSo() {
        NetGuest guest = guest();
        guest.driver.takeInterruptStatus();
        link.announce();
        assertThat(guest.config(6, 2)).isEqualTo(3);
        assertThat(guest.driver.takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        assertThat(guest.command(3, 0)).isEqualTo(OK);
        assertThat(guest.config(6, 2)).isEqualTo(1);
    }

    @Test
    void link_announceToADriverThatCannot_doesNothing() {
        NetGuest guest = guest(config, GuestDriver.VERSION_1);
        link.announce();
        assertThat(guest.config(6, 2)).isEqualTo(1);
    }

    @Test
    void backend_gone_isALinkThatIsDown() {
        NetGuest guest = guest();
        guest.giveAndRing(1, 200);
        backend.connected = false;
        backend.receiveError = -Errno.ECONNRESET;
        backend.ready();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isZero();
        assertThat(events).containsEntry("disconnected", 1L);
        assertThat(guest.send(FRAME)).isTrue();
        link.up();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isZero();
        assertThat(backend.sent).isEmpty();
    }

    @Test
    void backend_foundGoneBySending_isALinkThatIsDown() {
        NetGuest guest = guest();
        backend.connected = false;
        backend.sendError = -Errno.EPIPE;
        assertThat(guest.send(FRAME)).isTrue();
        assertThat(guest.config(6, 2)).isZero();
        assertThat(events).containsEntry("disconnected", 1L);
    }
}
