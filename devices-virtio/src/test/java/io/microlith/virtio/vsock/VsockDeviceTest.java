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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.event.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VsockDeviceTest {
    /** What the device has room for, of each connection. */
    private static final int BUFFER = 4096;

    private static final int HOST = 5000;
    private static final int GUEST = 70;
    private static final int CONNECTIONS = 8;

    private final FakeDeviceContext machine = new FakeDeviceContext("vsock");
    private final FakeHost host = new FakeHost();
    private final Map<String, Long> events = new HashMap<>();
    private final VsockConfig config =
            VsockConfig.of().host(() -> host).bounds(CONNECTIONS, BUFFER).events(new Counter());
    private final Device device = new VsockFactory().create(config, machine);

    private final class Counter implements VsockEvents {
        private void add(String what, long count) {
            events.merge(what, count, Long::sum);
        }

        @Override
        public void onOpened(int hostPort, int guestPort) {
            add("opened", 1);
        }

        @Override
        public void onClosed(int hostPort, int guestPort) {
            add("closed", 1);
        }

        @Override
        public void onRefused(int hostPort, int guestPort) {
            add("refused", 1);
        }

        @Override
        public void onToGuest(long bytes) {
            add("toGuest", bytes);
        }

        @Override
        public void onToHost(long bytes) {
            add("toHost", bytes);
        }

        @Override
        public void onViolation() {
            add("violation", 1);
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private VsockDriver driver() {
        return new VsockDriver(machine, 16);
    }

    /** A connection that the guest made. */
    private FakeStream open(VsockDriver driver) {
        FakeStream stream = host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
        return stream;
    }

    private static Packet packet(int op) {
        return Packet.of(op, HOST, GUEST);
    }

    @Test
    void device_found_saysWhatItIs() {
        GuestDriver driver = driver().driver;
        assertThat(driver.read(0x008)).isEqualTo(19);
        assertThat(driver.readRaw(0x100, 4)).isEqualTo(3);
        assertThat(driver.readRaw(0x104, 4)).isZero();
        assertThat(driver.offered() & 0xff).isEqualTo(1);
        assertThat(device).hasToString("vsock0");
    }

    // ---- to begin -------------------------------------------------------------------------------------------------

    @Test
    void request_hostHasPort_isAnsweredWithCredit() {
        VsockDriver driver = driver();
        host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        Packet answer = driver.receiveOne();
        assertThat(answer).isEqualTo(new Packet(2, 3, HOST, GUEST, 0, 1, RESPONSE, 0, BUFFER, 0, ""));
        assertThat(driver.driver.interrupted()).isTrue();
        assertThat(host.at(HOST).port).isEqualTo(HOST);
        assertThat(events).containsOnly(Map.entry("opened", 1L));
    }

    @Test
    void request_hostHasNoPort_isReset() {
        VsockDriver driver = driver();
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(events).containsOnly(Map.entry("refused", 1L));
    }

    @Test
    void request_hostRefuses_isReset() {
        VsockDriver driver = driver();
        host.at(HOST).connectResults.add(-Errno.ECONNREFUSED);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(host.at(HOST).closed).isTrue();
    }

    @Test
    void request_hostIsBusy_isAnsweredWhenItIsNot() {
        VsockDriver driver = driver();
        host.at(HOST).connectResults.addAll(List.of(-Errno.EAGAIN, -Errno.EAGAIN));
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.receive()).isEmpty();
        driver.await("the host is asked until it is not busy", () -> !events.isEmpty());
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
    }

    @Test
    void request_overTheBound_isReset() {
        VsockDriver driver = driver();
        for (int i = 0; i < CONNECTIONS; i++) {
            host.at(i);
            driver.send(REQUEST, i, GUEST);
        }
        host.at(HOST);
        assertThat(driver.receive()).hasSize(CONNECTIONS).allMatch(packet -> packet.op() == RESPONSE);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(host.connect(GUEST).closed).isTrue();
        driver.send(RST, 0, GUEST);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
    }

    @Test
    void request_ofTheSameAgain_resetsTheConnection() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RST 5000->70");
        assertThat(stream.closed).isTrue();
        assertThat(events).containsEntry("violation", 1L).containsEntry("closed", 1L);
    }

    @Test
    void connect_guestAccepts_isOpen() {
        VsockDriver driver = driver();
        FakeStream stream = host.connect(GUEST);
        Packet request = driver.receiveOne();
        assertThat(request.title()).isEqualTo("REQUEST 1073741824->70");
        assertThat(request.bufferSize()).isEqualTo(BUFFER);
        assertThat(stream.port).isZero();
        driver.send(RESPONSE, request.sourcePort(), GUEST);
        assertThat(stream.port).isEqualTo(request.sourcePort());
        stream.send("hello");
        assertThat(driver.text()).isEqualTo("hello");
    }

    @Test
    void connect_guestRefuses_isClosed() {
        VsockDriver driver = driver();
        FakeStream stream = host.connect(GUEST);
        driver.send(RST, driver.receiveOne().sourcePort(), GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(driver.receive()).isEmpty();
        assertThat(events).containsOnly(Map.entry("refused", 1L));
    }

    @Test
    void connect_guestAnswersBeforeItIsAsked_isReset() {
        VsockDriver driver = new VsockDriver(machine, 0);
        FakeStream stream = host.connect(GUEST);
        driver.send(RESPONSE, 1 << 30, GUEST);
        assertThat(stream.closed).isTrue();
        assertThat(events).containsEntry("violation", 1L);
    }

    @Test
    void connect_manyToOnePort_haveAPortEach() {
        VsockDriver driver = driver();
        for (int i = 0; i < 4; i++) {
            assertThat(host.connect(GUEST).closed).isFalse();
        }
        assertThat(driver.receive().stream().map(Packet::sourcePort))
                .doesNotHaveDuplicates()
                .hasSize(4);
    }

    @Test
    void silence_ofEitherSide_endsWhatWaitsForIt() {
        try (FakeDeviceContext other = new FakeDeviceContext("vsock");
                Device _ = new VsockDevice(config, Optional.empty(), other, Duration.ofMillis(50))) {
            VsockDriver driver = new VsockDriver(other, 16);
            FakeStream unconfirmed = open(driver);
            unconfirmed.end(true);
            List<String> told = new ArrayList<>(driver.received());
            FakeStream unanswered = host.connect(GUEST);
            told.addAll(driver.received());
            FakeStream busy = host.at(2);
            busy.connectResult = -Errno.EAGAIN;
            driver.send(REQUEST, 2, GUEST);
            driver.await("all three are reset", () -> {
                told.addAll(driver.received());
                return told.stream().filter(title -> title.startsWith("RST")).count() >= 3;
            });
            assertThat(told)
                    .containsExactlyInAnyOrder(
                            "SHUTDOWN 5000->70",
                            "REQUEST 1073741824->70",
                            "RST 5000->70",
                            "RST 1073741824->70",
                            "RST 2->70");
            assertThat(List.of(unconfirmed.closed, unanswered.closed, busy.closed))
                    .containsOnly(true);
            assertThat(events).containsEntry("closed", 1L).containsEntry("refused", 2L);
        }
    }

    // ---- to the guest ---------------------------------------------------------------------------------------------

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

    // ---- to the host ----------------------------------------------------------------------------------------------

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

    // ---- a guest that breaks rules --------------------------------------------------------------------------------

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

    // ---- the end --------------------------------------------------------------------------------------------------

    @Test
    void reset_connectionsEndAndTheDriverIsNotTold() {
        VsockDriver driver = driver();
        FakeStream stream = open(driver);
        driver.driver.reset();
        assertThat(stream.closed).isTrue();
        assertThat(host.guest).isNull();
        VsockDriver next = driver();
        assertThat(host.guest).isNotNull();
        next.event.add(GuestBuffer.writable(0x2000, 4));
        next.driver.kick(2);
        assertThat(next.driver.drain(next.event)).isEmpty();
        host.streams.clear();
        open(next);
    }

    @Test
    void close_connectionsAndHostEnd() {
        FakeStream stream = open(driver());
        device.close();
        assertThat(stream.closed).isTrue();
        assertThat(host.closed).isTrue();
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("vsock,path=/tmp/x,cid=17,connections=5,buffer=8192")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("vsock");
        for (String wrong : List.of(
                "vsock",
                "vsock,path=x,cid=2",
                "vsock,path=x,cid=4294967295",
                "vsock,path=x,connections=0",
                "vsock,path=x,buffer=1",
                "vsock,path=x,colour=red")) {
            assertThatThrownBy(() -> DeviceRequest.parse(wrong).resolve(Map.of()))
                    .as(wrong)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("vsock.");
        }
        assertThatThrownBy(() -> VsockConfig.of().cid(1)).hasMessageContaining("vsock.cid");
    }
}
