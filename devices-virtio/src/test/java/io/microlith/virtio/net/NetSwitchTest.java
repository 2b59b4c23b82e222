// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.testkit.GuestBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NetSwitchTest {
    private static final int BROADCAST = 255;

    private final NetSwitch between = new NetSwitch();
    private final List<NetGuest> guests = new ArrayList<>();

    private NetGuest guest() {
        NetGuest guest = new NetGuest(NetConfig.of(between::plug));
        guests.add(guest);
        return guest;
    }

    @AfterEach
    void close() {
        guests.forEach(NetGuest::close);
    }

    /** A frame from one made-up card to another. */
    private static byte[] frame(int to, int from, int length) {
        byte[] frame = NetGuest.frame(length, from);
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (to == BROADCAST ? 0xff : i == 0 ? 2 : to);
            frame[6 + i] = (byte) (i == 0 ? 2 : from);
        }
        return frame;
    }

    private static List<byte[]> received(NetGuest guest) {
        guest.driver.settle();
        return guest.receiveAll();
    }

    @Test
    void frame_unknownDestination_goesToAllOthers() {
        NetGuest one = guest();
        NetGuest two = guest();
        NetGuest three = guest();
        guests.forEach(guest -> guest.giveAndRing(8, 2000));
        byte[] frame = frame(2, 1, 100);
        assertThat(one.send(frame)).isTrue();
        assertThat(received(two)).containsExactly(frame);
        assertThat(received(three)).containsExactly(frame);
        assertThat(received(one)).isEmpty();
    }

    @Test
    void frame_destinationSeenBefore_goesThereAlone() {
        NetGuest one = guest();
        NetGuest two = guest();
        NetGuest three = guest();
        guests.forEach(guest -> guest.giveAndRing(8, 2000));
        two.send(frame(BROADCAST, 2, 60));
        assertThat(received(one)).hasSize(1);
        assertThat(received(three)).hasSize(1);
        one.send(frame(2, 1, 60));
        assertThat(received(two)).hasSize(1);
        assertThat(received(three)).isEmpty();
        one.send(frame(BROADCAST, 1, 60));
        assertThat(received(two)).hasSize(1);
        assertThat(received(three)).hasSize(1);
        one.send(frame(1, 1, 60));
        assertThat(received(one)).isEmpty();
    }

    @Test
    void frame_destinationMovedOrUnplugged_isFoundAgain() {
        NetGuest one = guest();
        NetGuest two = guest();
        NetGuest three = guest();
        guests.forEach(guest -> guest.giveAndRing(8, 2000));
        two.send(frame(BROADCAST, 2, 60));
        three.send(frame(BROADCAST, 2, 60));
        guests.forEach(NetSwitchTest::received);
        one.send(frame(2, 1, 60));
        assertThat(received(two)).isEmpty();
        assertThat(received(three)).hasSize(1);
        three.close();
        guests.remove(three);
        one.send(frame(2, 1, 60));
        assertThat(received(two)).hasSize(1);
        NetGuest four = guest();
        four.giveAndRing(8, 2000);
        two.send(frame(4, 2, 60));
        assertThat(received(four)).hasSize(1);
    }

    @Test
    void frame_jumbo_arrivesWhole() {
        NetGuest one = guest();
        NetGuest two = guest();
        two.giveAndRing(60, 1200);
        byte[] frame = frame(2, 1, 65_549);
        assertThat(one.send(frame)).isTrue();
        assertThat(received(two)).containsExactly(frame);
    }

    @Test
    void frame_slowReceiver_isLostAndDelaysNobody() {
        NetGuest one = guest();
        NetGuest slow = guest();
        NetGuest quick = guest();
        quick.giveAndRing(17, 1200);
        GuestBuffer frame = GuestBuffer.readable(one.driver.heap().take(20_000, 16), 20_000);
        int sent = 0;
        while (between.lost() == 0 && sent < 1000) {
            one.sending.add(frame);
            one.driver.kick(1);
            assertThat(one.sending.poll()).isPresent();
            sent++;
            assertThat(received(quick)).hasSize(1);
            quick.giveAndRing(17, 1200);
        }
        assertThat(sent).isBetween(40, 60);
        slow.giveAndRing(17, 1200);
        assertThat(received(slow)).hasSize(1);
    }

    @Test
    void frames_manyOfEveryLength_stayInOrder() {
        NetGuest one = guest();
        NetGuest two = guest();
        for (int length = 14; length < 40_000; length += 997) {
            two.giveAndRing(1 + (length + 12) / 1000, 1000);
            byte[] frame = frame(2, 1, length);
            one.send(frame);
            assertThat(received(two)).containsExactly(frame);
        }
        assertThat(between.lost()).isZero();
    }
}
