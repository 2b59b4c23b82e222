// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.Errno;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.UsedBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the guest. */
class NetSendTest extends NetFixture {
    @Test
    void send_frame_reachesTheBackendWithItsHeader() {
        NetGuest guest = guest();
        byte[] header = {1, 1, 54, 0, (byte) 0xb4, 5, 34, 0, 16, 0, 0, 0};
        long first = guest.driver.heap().put(header);
        long second = guest.driver.heap().put(FRAME);
        int id = guest.sending.add(
                GuestBuffer.readable(first, 5),
                GuestBuffer.readable(first + 5, 7),
                GuestBuffer.readable(second, 20),
                GuestBuffer.readable(second + 20, 40));
        guest.driver.kick(1);
        assertThat(guest.sending.poll()).contains(new UsedBuffer(id, 0));
        byte[] both = Arrays.copyOf(header, 72);
        System.arraycopy(FRAME, 0, both, 12, 60);
        assertThat(backend.sent).containsExactly(both);
        assertThat(events).containsEntry("sent", 60L);
        assertThat(guest.driver.interrupted()).isTrue();
    }

    @Test
    void send_manyFrames_areInOrderWithOneInterrupt() {
        NetGuest guest = guest();
        for (int i = 0; i < 20; i++) {
            guest.offer(NetGuest.frame(60 + i, i));
        }
        guest.driver.kick(1);
        assertThat(guest.driver.drain(guest.sending)).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(backend.sent.get(i)).endsWith(NetGuest.frame(60 + i, i));
        }
    }

    @Test
    void send_noFrame_isGivenBackAndCounted() {
        NetGuest guest = guest();
        long at = guest.driver.heap().take(80_000, 16);
        List<List<GuestBuffer>> wrong = List.of(
                List.of(GuestBuffer.readable(at, 1)),
                List.of(GuestBuffer.readable(at, 12)),
                List.of(GuestBuffer.readable(at, 25)),
                List.of(GuestBuffer.readable(at, 80_000)),
                List.of(GuestBuffer.writable(at, 100)),
                List.of(GuestBuffer.readable(-1, 100)),
                List.of(GuestBuffer.readable(at, 0)));
        for (List<GuestBuffer> chain : wrong) {
            int id = guest.sending.add(chain);
            guest.driver.kick(1);
            assertThat(guest.sending.poll()).as("%s", chain).contains(new UsedBuffer(id, 0));
        }
        assertThat(backend.sent).isEmpty();
        assertThat(events).containsEntry("refused", (long) wrong.size());
        assertThat(guest.send(FRAME)).isTrue();
        assertThat(backend.sent).hasSize(1);
    }

    @Test
    void send_backendRefuses_isGivenBackAndTheNextGoesOn() {
        NetGuest guest = guest();
        backend.sendError = -Errno.EINVAL;
        assertThat(guest.send(FRAME)).isTrue();
        backend.sendError = 0;
        assertThat(guest.send(FRAME)).isTrue();
        assertThat(backend.sent).hasSize(1);
        assertThat(events).containsEntry("sendDropped " + Errno.EINVAL, 1L).containsEntry("sent", 60L);
    }

    @Test
    void send_noRoom_waitsUntilThereIs() {
        NetGuest guest = guest();
        backend.sendError = -Errno.EAGAIN;
        guest.offer(FRAME);
        guest.offer(NetGuest.frame(70, 2));
        guest.driver.ring(1);
        guest.machine.eventLoop().poll(0);
        assertThat(guest.sending.poll()).isEmpty();
        backend.sendError = 0;
        guest.driver.settle();
        assertThat(guest.driver.drain(guest.sending)).hasSize(2);
        assertThat(backend.sent).hasSize(2);
        assertThat(events).doesNotContainKey("refused").containsEntry("sent", 130L);
    }
}
