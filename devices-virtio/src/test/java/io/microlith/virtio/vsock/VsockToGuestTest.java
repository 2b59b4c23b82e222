// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.CREDIT_UPDATE;
import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static io.microlith.virtio.vsock.VsockDriver.RW;
import static io.microlith.virtio.vsock.VsockDriver.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.event.Readiness;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the host sends, and its end of that. */
class VsockToGuestTest extends VsockFixture {
    @Test
    void hostSends_moreThanABuffer_fillsSeveral() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        String text = "0123456789".repeat(100);
        stream.send(text);
        List<Packet> packets = driver.receive();
        assertThat(packets).hasSize(4).allMatch(packet -> packet.op() == RW);
        assertThat(packets.getFirst().length()).isEqualTo(VsockDriver.BUFFER);
        assertThat(packets.getLast().length()).isEqualTo(1000 - 3 * VsockDriver.BUFFER);
        assertThat(String.join("", packets.stream().map(Packet::payload).toList()))
                .isEqualTo(text);
        assertThat(stream.awaited).isEqualTo(Readiness.READABLE);
        assertThat(events).containsEntry("toGuest", 1000L);
    }

    /** A read that fills every buffer there can be in one, but the last one not quite, and then some more. */
    @Test
    void hostSends_almostAllThatOneReadTakes_goesOn() {
        VsockDriver driver = driver();
        driver.offer(40);
        FakeStream stream = open(driver);
        int sent = 0;
        for (int buffers = 2; buffers <= 32; buffers *= 2) {
            stream.send("a".repeat(buffers * VsockDriver.BUFFER));
            sent += buffers * VsockDriver.BUFFER;
            driver.receive();
        }
        for (int i = 0; i < 2; i++) {
            stream.send("b".repeat(32 * VsockDriver.BUFFER - 1));
            sent += 32 * VsockDriver.BUFFER - 1;
            driver.receive();
        }
        assertThat(events).containsEntry("toGuest", (long) sent);
        assertThat(driver.driver.status() & GuestDriver.NEEDS_RESET).isZero();
    }

    @Test
    void hostSends_guestHasNoBuffers_waitsForThem() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.send("a".repeat(16 * VsockDriver.BUFFER));
        assertThat(driver.take()).hasSize(16);
        stream.send("b".repeat(VsockDriver.BUFFER + 1));
        assertThat(driver.take()).isEmpty();
        assertThat(stream.awaited).isEqualTo(Readiness.NONE);
        driver.offer(1);
        assertThat(driver.take().getFirst().payload()).isEqualTo("b".repeat(VsockDriver.BUFFER));
        driver.offer(4);
        assertThat(driver.take().getFirst().payload()).isEqualTo("b");
        assertThat(stream.awaited).isEqualTo(Readiness.READABLE);
    }

    @Test
    void hostSends_guestHasNoCredit_waitsForItAndAsksOnce() {
        VsockDriver driver = driver();
        FakeStream stream = host.at(HOST);
        driver.send(packet(REQUEST).credit(10, 0));
        driver.receive();
        stream.send("0123456789abc");
        assertThat(driver.received()).containsExactly("RW 5000->70", "CREDIT_REQUEST 5000->70");
        assertThat(stream.awaited).isEqualTo(Readiness.NONE);
        driver.send(packet(CREDIT_UPDATE).credit(10, 0));
        assertThat(driver.receive()).isEmpty();
        driver.send(packet(CREDIT_UPDATE).credit(10, 2));
        List<Packet> packets = driver.receive();
        assertThat(packets.getFirst().payload()).isEqualTo("ab");
        assertThat(VsockDriver.titles(packets)).containsExactly("RW 5000->70", "CREDIT_REQUEST 5000->70");
        driver.send(packet(CREDIT_UPDATE).credit(100, 12));
        assertThat(driver.text()).isEqualTo("c");
    }

    @Test
    void hostSends_severalConnections_takeTurns() {
        VsockDriver driver = new VsockDriver(machine, 0);
        FakeStream one = host.at(1);
        FakeStream two = host.at(2);
        one.toSend.append("1".repeat(8 * VsockDriver.BUFFER));
        two.toSend.append("2".repeat(8 * VsockDriver.BUFFER));
        driver.send(REQUEST, 1, GUEST);
        driver.send(REQUEST, 2, GUEST);
        driver.offer(10);
        String order = String.join(
                "",
                driver.take().stream().map(packet -> packet.sourcePort() + "").toList());
        assertThat(order).startsWith("111222");
    }

    @Test
    void hostEnds_guestIsToldAndStillSends() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.send("last");
        stream.end(false);
        List<Packet> packets = driver.receive();
        assertThat(VsockDriver.titles(packets)).containsExactly("RW 5000->70", "SHUTDOWN 5000->70");
        assertThat(packets.getLast().flags()).isEqualTo(2);
        driver.send(packet(RW).with("answer"));
        assertThat(stream.received).hasToString("answer");
        driver.send(packet(SHUTDOWN).flags(3));
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(stream.closed).isTrue();
    }

    @Test
    void hostCloses_guestIsToldAndConfirms() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.end(true);
        assertThat(driver.receiveOne().flags()).isEqualTo(3);
        driver.send(packet(RW).with("too late"));
        assertThat(driver.receive()).isEmpty();
        driver.send(RST, HOST, GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(driver.receive()).isEmpty();
        assertThat(events).containsEntry("closed", 1L).doesNotContainKey("violation");
    }

    @Test
    void hostCloses_guestWrites_isToldThatNobodyReadsAndGetsTheRest() {
        VsockDriver driver = driver();
        FakeStream stream = host.at(HOST);
        driver.send(packet(REQUEST).credit(2, 0));
        stream.send("rest");
        stream.end(true);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70", "RW 5000->70", "CREDIT_REQUEST 5000->70");
        driver.send(packet(RW).with("x").credit(2, 0));
        Packet shutdown = driver.receiveOne();
        assertThat(shutdown.title()).isEqualTo("SHUTDOWN 5000->70");
        assertThat(shutdown.flags()).isEqualTo(1);
        driver.send(packet(CREDIT_UPDATE).credit(100, 2));
        assertThat(driver.receiveOne().payload()).isEqualTo("st");
        stream.send("");
        assertThat(driver.receiveOne().flags()).isEqualTo(3);
    }

    @Test
    void credit_olderThanWhatIsKnown_saysNothing() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.send("abcdef");
        driver.receive();
        driver.send(packet(CREDIT_UPDATE).credit(10, 6));
        driver.send(packet(CREDIT_UPDATE).credit(10, 2));
        stream.send("0123456789x");
        assertThat(driver.text()).isEqualTo("0123456789");
    }

    @Test
    void buffers_tooSmall_areGivenBackEmpty() {
        VsockDriver driver = new VsockDriver(machine, 0);
        FakeStream stream = host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        int small = driver.rx.add(GuestBuffer.writable(0x2000, 43));
        int readable = driver.rx.add(GuestBuffer.readable(0x2000, 44));
        int fits = driver.rx.add(GuestBuffer.writable(0x2000, 44));
        driver.driver.kick(0);
        assertThat(driver.driver.drain(driver.rx))
                .containsExactly(new UsedBuffer(small, 0), new UsedBuffer(readable, 0), new UsedBuffer(fits, 44));
        stream.send("data");
        int header = driver.rx.add(GuestBuffer.writable(0x2000, 44));
        driver.driver.kick(0);
        assertThat(driver.driver.drain(driver.rx)).containsExactly(new UsedBuffer(header, 0));
        driver.offer(1);
        assertThat(driver.take().getFirst().payload()).isEqualTo("data");
    }

    @Test
    void buffers_badOneAmongGood_harmsNothing() {
        VsockDriver driver = new VsockDriver(machine, 2);
        FakeStream stream = host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        driver.rx.add(GuestBuffer.writable(0x2000, 10));
        driver.offer(3);
        stream.send("x".repeat(3 * VsockDriver.BUFFER));
        driver.driver.settle();
        int good = 0;
        int bad = 0;
        for (UsedBuffer used : driver.driver.drain(driver.rx)) {
            good += used.written() > 0 ? 1 : 0;
            bad += used.written() > 0 ? 0 : 1;
        }
        assertThat(List.of(good, bad)).as("%s", events).isEqualTo(List.of(4, 1));
    }
}
