// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.CREDIT_REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.CREDIT_UPDATE;
import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static io.microlith.virtio.vsock.VsockDriver.RW;
import static io.microlith.virtio.vsock.VsockDriver.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.event.Readiness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the guest sends, and its end of that. */
class VsockToHostTest extends VsockFixture {
    @Test
    void guestSends_hostTakes_creditIsGivenBack() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(packet(RW).with("a".repeat(BUFFER / 2)));
        assertThat(driver.receive()).isEmpty();
        driver.send(packet(RW).with("b"));
        Packet update = driver.receiveOne();
        assertThat(update.op()).isEqualTo(CREDIT_UPDATE);
        assertThat(update.forwarded()).isEqualTo(BUFFER / 2 + 1);
        assertThat(stream.received).hasToString("a".repeat(BUFFER / 2) + "b");
        assertThat(events).containsEntry("toHost", BUFFER / 2 + 1L);
    }

    @Test
    void guestSends_hostDoesNotTake_waitsAndGivesNoCredit() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.room = 10;
        driver.send(packet(RW).with("0123456789abcdef"));
        driver.send(packet(RW).with("x".repeat(BUFFER - 16)));
        assertThat(stream.received).hasToString("0123456789");
        assertThat(stream.awaited).isEqualTo(Readiness.BOTH);
        assertThat(driver.receive()).allMatch(packet -> packet.forwarded() <= 10);
        stream.take(3);
        assertThat(stream.received).hasToString("0123456789abc");
        stream.take(Integer.MAX_VALUE);
        assertThat(stream.received).hasToString("0123456789abcdef" + "x".repeat(BUFFER - 16));
        assertThat(stream.awaited).isEqualTo(Readiness.READABLE);
        List<Packet> packets = driver.receive();
        assertThat(packets.getLast().forwarded()).isEqualTo(BUFFER);
    }

    @Test
    void guestSends_moreThanItsCredit_isReset() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.room = 0;
        driver.send(packet(RW).with("x".repeat(BUFFER)));
        assertThat(driver.receive()).isEmpty();
        driver.send(packet(RW).with("y"));
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(stream.closed).isTrue();
        assertThat(events).containsEntry("violation", 1L);
    }

    @Test
    void guestShutsDownSending_hostFindsTheEndAfterTheRest() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.room = 0;
        driver.send(packet(RW).with("rest"));
        driver.send(packet(SHUTDOWN).flags(2));
        assertThat(stream.outputShut).isFalse();
        stream.take(100);
        assertThat(stream.received).hasToString("rest");
        assertThat(stream.outputShut).isTrue();
        stream.send("answer");
        assertThat(driver.text()).isEqualTo("answer");
        driver.send(packet(RW).with("after the end"));
        assertThat(driver.received()).containsExactly("RST 5000->70");
    }

    @Test
    void guestShutsDownReceiving_hostIsToldAndNotReadFrom() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(packet(SHUTDOWN).flags(1));
        assertThat(stream.inputShut).isTrue();
        assertThat(stream.awaited).isEqualTo(Readiness.NONE);
        driver.send(packet(RW).with("still"));
        assertThat(stream.received).hasToString("still");
    }

    @Test
    void guestCloses_hostTakesTheRestAndThePortIsFree() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.room = 0;
        driver.send(packet(RW).with("rest"));
        driver.send(packet(SHUTDOWN).flags(3));
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(stream.closed).isFalse();
        host.streams.clear();
        FakeStream next = open(driver);
        stream.take(100);
        assertThat(stream.received).hasToString("rest");
        assertThat(stream.closed).isTrue();
        assertThat(next.closed).isFalse();
        assertThat(events).containsEntry("opened", 2L).containsEntry("closed", 1L);
    }

    @Test
    void guestCloses_hostNeverTakesTheRest_countsAsAConnection() {
        VsockDriver driver = driver();
        for (int i = 0; i < CONNECTIONS; i++) {
            host.at(i).room = 0;
            driver.send(REQUEST, i, GUEST);
            driver.send(Packet.of(RW, i, GUEST).with("rest"));
            driver.send(Packet.of(SHUTDOWN, i, GUEST).flags(3));
            driver.receive();
        }
        host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        host.at(0).hungUp = true;
        host.at(0).take(0);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
    }

    @Test
    void guestResets_hostsEndIsClosed() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.room = 0;
        driver.send(packet(RW).with("rest"));
        driver.send(RST, HOST, GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(driver.receive()).isEmpty();
    }

    @Test
    void guestAsksForCredit_isToldAtOnce() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(packet(RW).with("abc"));
        driver.send(packet(CREDIT_REQUEST));
        Packet update = driver.receiveOne();
        assertThat(update.op()).isEqualTo(CREDIT_UPDATE);
        assertThat(update.bufferSize()).isEqualTo(BUFFER);
        assertThat(update.forwarded()).isEqualTo(3);
        assertThat(stream.received).hasToString("abc");
    }
}
