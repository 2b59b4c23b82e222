// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.CREDIT_REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.CREDIT_UPDATE;
import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RESPONSE;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static io.microlith.virtio.vsock.VsockDriver.RW;
import static io.microlith.virtio.vsock.VsockDriver.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A guest that breaks rules. */
class VsockHostileTest extends VsockFixture {
    @Test
    void packet_toNobody_isReset() {
        VsockDriver driver = driver();
        for (int op : new int[] {RESPONSE, SHUTDOWN, RW, CREDIT_UPDATE, CREDIT_REQUEST, 0, 8, 0xffff}) {
            driver.send(op, HOST, GUEST);
            assertThat(driver.received()).as("op %d", op).containsExactly("RST 5000->70");
        }
        driver.send(RST, HOST, GUEST);
        assertThat(driver.receive()).isEmpty();
    }

    @Test
    void packet_ofOrToAnotherContext_isDropped() {
        VsockDriver driver = driver();
        host.at(HOST);
        for (long cid : new long[] {0, 1, 2, 4, 1L << 32 | 3, -1}) {
            driver.send(packet(REQUEST).from(cid, 2, 1));
        }
        for (long cid : new long[] {0, 1, 3, 1L << 32 | 2, -1}) {
            driver.send(packet(REQUEST).from(3, cid, 1));
        }
        assertThat(driver.receive()).isEmpty();
        assertThat(events).containsOnly(Map.entry("violation", 11L));
    }

    @Test
    void packet_ofUnknownType_isResetInKind() {
        VsockDriver driver = driver();
        host.at(HOST);
        driver.send(packet(REQUEST).from(3, 2, 2));
        Packet answer = driver.receiveOne();
        assertThat(answer.op()).isEqualTo(RST);
        assertThat(answer.type()).isEqualTo(2);
        driver.send(packet(RST).from(3, 2, 9));
        assertThat(driver.receive()).isEmpty();
    }

    @Test
    void packet_unknownOperation_resetsTheConnection() {
        for (int op : new int[] {0, 8, 0x1234}) {
            VsockDriver driver = driver();
            FakeStream stream = open(driver);
            driver.send(op, HOST, GUEST);
            assertThat(driver.received()).containsExactly("RST 5000->70");
            assertThat(stream.closed).isTrue();
            host.streams.clear();
        }
    }

    @Test
    void packet_lengthForged_resetsTheConnection() {
        for (int length : new int[] {4, 0x1000, Integer.MAX_VALUE, -1}) {
            VsockDriver driver = driver();
            FakeStream stream = open(driver);
            driver.send(packet(RW).with("abc").length(length));
            assertThat(driver.received()).containsExactly("RST 5000->70");
            assertThat(stream.received).isEmpty();
            host.streams.clear();
        }
    }

    @Test
    void packet_lengthShorterThanItsBuffers_isTakenThatFar() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(packet(RW).with("abcdef").length(2));
        assertThat(stream.received).hasToString("ab");
    }

    @Test
    void packet_tooShortForAHeader_isDropped() {
        VsockDriver driver = driver();
        driver.tx.add(GuestBuffer.readable(0x2000, 43));
        driver.driver.kick(1);
        assertThat(driver.driver.drain(driver.tx)).hasSize(1);
        assertThat(driver.receive()).isEmpty();
        assertThat(events).containsOnly(Map.entry("violation", 1L));
    }

    @Test
    void credit_passedOnMoreThanWasSent_resetsTheConnection() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        stream.send("abc");
        driver.receive();
        driver.send(packet(CREDIT_UPDATE).credit(1 << 16, 4));
        assertThat(driver.received()).containsExactly("RST 5000->70");
    }

    @Test
    void resets_guestTakesNone_areBoundedAndNoneIsLost() {
        VsockDriver driver = new VsockDriver(machine, 0);
        int sent = 0;
        int taken = 0;
        for (int i = 0; i < 40; i++) {
            for (int j = 0; j < 16 && driverHasRoom(sent - taken); j++) {
                driver.put(Packet.of(RW, HOST, sent));
                sent++;
            }
            driver.driver.kick(1);
            taken += driver.driver.drain(driver.tx).size();
        }
        // 256 answers wait, and the rest of the guest's packets where they are.
        assertThat(taken).isEqualTo(256);
        assertThat(sent).isGreaterThan(taken);
        int answers = 0;
        while (answers < sent) {
            driver.offer(16);
            for (Packet answer : driver.take()) {
                assertThat(answer.destinationPort()).isEqualTo(answers);
                answers++;
            }
        }
        taken += driver.driver.drain(driver.tx).size();
        assertThat(taken).isEqualTo(sent);
    }

    private static boolean driverHasRoom(int inFlight) {
        return inFlight < 16;
    }
}
