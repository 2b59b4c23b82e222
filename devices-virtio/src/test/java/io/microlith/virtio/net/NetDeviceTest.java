// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetDeviceTest {
    private static final byte[] FRAME = NetGuest.frame(60, 1);
    private static final int OK = 0;
    private static final int ERROR = 1;

    private final Map<String, Long> events = new TreeMap<>();
    private final FrameBackend backend = new FrameBackend();
    private final NetLink link = NetLink.create();
    private final NetConfig config = NetConfig.of(() -> backend)
            .mac(MacAddress.of("02:11:22:33:44:55"))
            .link(link)
            .setup(VirtioSetup.DEFAULT.packed())
            .events(new Counter());
    private final List<AutoCloseable> opened = new ArrayList<>();

    private final class Counter implements NetEvents {
        private void count(String what, long amount) {
            events.merge(what, amount, Long::sum);
        }

        @Override
        public void onReceived(long bytes) {
            count("received", bytes);
        }

        @Override
        public void onReceiveDropped() {
            count("receiveDropped", 1);
        }

        @Override
        public void onSent(long bytes) {
            count("sent", bytes);
        }

        @Override
        public void onSendDropped(int errno) {
            count("sendDropped " + errno, 1);
        }

        @Override
        public void onRefused() {
            count("refused", 1);
        }

        @Override
        public void onStarved() {
            count("starved", 1);
        }

        @Override
        public void onThrottled() {
            count("throttled", 1);
        }

        @Override
        public void onDisconnected() {
            count("disconnected", 1);
        }
    }

    private NetGuest guest() {
        return guest(config, GuestDriver.ALL_OF_SPLIT_QUEUES);
    }

    private NetGuest guest(NetConfig its, long features) {
        NetGuest guest = new NetGuest(its, features);
        opened.add(guest);
        return guest;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

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

    @Test
    void receive_frame_isInOneBuffer() {
        NetGuest guest = guest(config, GuestDriver.VERSION_1);
        guest.giveAndRing(1, 2000);
        backend.arrive(FRAME);
        guest.driver.settle();
        byte[] received = guest.receive().orElseThrow();
        assertThat(received).hasSize(72).endsWith(FRAME);
        assertThat(received[0]).as("flags, for who did not ask for them").isZero();
        assertThat(received[10]).as("buffers").isEqualTo((byte) 1);
        assertThat(events).containsEntry("received", 60L);
        assertThat(guest.driver.interrupted()).isTrue();
    }

    @Test
    void receive_headerOfTheHost_reachesWhoAskedForIt() {
        NetGuest guest = guest();
        guest.giveAndRing(1, 2000);
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receive().orElseThrow()[0]).isEqualTo((byte) 2);
    }

    @ParameterizedTest
    @ValueSource(longs = {GuestDriver.ALL_OF_SPLIT_QUEUES, -1L})
    void receive_longFrames_areSpreadOverBuffers(long features) {
        NetGuest guest = guest(config, features);
        for (int round = 0; round < 5; round++) {
            // 31 and 1 and 11.
            guest.giveAndRing(43, 100);
            byte[] longFrame = NetGuest.frame(3000 + round, round);
            byte[] middleFrame = NetGuest.frame(1000 + round, round);
            backend.arrive(longFrame);
            backend.arrive(FRAME);
            backend.arrive(middleFrame);
            guest.driver.settle();
            assertThat(guest.receiveAll()).containsExactly(longFrame, FRAME, middleFrame);
        }
        assertThat(events).doesNotContainKeys("refused", "receiveDropped");
    }

    @Test
    void receive_noBuffers_waitsUntilThereAreSome() {
        NetGuest guest = guest();
        backend.arrive(FRAME);
        backend.arrive(NetGuest.frame(70, 3));
        guest.driver.settle();
        assertThat(guest.receiveAll()).isEmpty();
        assertThat(guest.receiving.wantsNotification()).isFalse();
        guest.give(200);
        assertThat(guest.receiving.wantsNotification()).isTrue();
        guest.driver.kick(0);
        assertThat(guest.receiveAll()).containsExactly(FRAME);
        guest.giveAndRing(1, 200);
        assertThat(guest.receiveAll()).containsExactly(NetGuest.frame(70, 3));
        assertThat(events).containsEntry("starved", 3L);
    }

    @Test
    void receive_buffersForAPart_waitsForTheRest() {
        for (long features :
                new long[] {GuestDriver.ALL_OF_SPLIT_QUEUES, GuestDriver.VERSION_1 | NetGuest.MERGEABLE, -1L}) {
            try (FrameBackendGuest its = new FrameBackendGuest(features)) {
                byte[] frame = NetGuest.frame(1000, 4);
                its.guest.giveAndRing(3, 100);
                its.frames.arrive(frame);
                its.guest.driver.settle();
                assertThat(its.guest.receiveAll()).isEmpty();
                its.guest.receiving.wantsNotification();
                for (int i = 0; i < 7; i++) {
                    its.guest.give(100);
                    its.guest.driver.kick(0);
                    assertThat(its.guest.receiveAll()).isEmpty();
                }
                its.guest.give(100);
                assertThat(its.guest.receiving.wantsNotification()).isTrue();
                its.guest.driver.kick(0);
                assertThat(its.guest.receiveAll()).containsExactly(frame);
            }
        }
    }

    /** A guest with a backend of its own. */
    private record FrameBackendGuest(FrameBackend frames, NetGuest guest) implements AutoCloseable {
        FrameBackendGuest(long features) {
            this(new FrameBackend(), features);
        }

        private FrameBackendGuest(FrameBackend frames, long features) {
            this(frames, new NetGuest(NetConfig.of(() -> frames).setup(VirtioSetup.DEFAULT.packed()), features));
        }

        @Override
        public void close() {
            guest.close();
        }
    }

    @Test
    void receive_longerThanAllBuffersOfTheQueue_isDropped() {
        NetGuest guest = guest();
        guest.giveAndRing(64, 50);
        backend.arrive(NetGuest.frame(4000, 5));
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receiveAll()).containsExactly(FRAME);
        assertThat(events).containsEntry("receiveDropped", 1L);
    }

    @Test
    void receive_tooLongForABufferThatStandsAlone_isDropped() {
        NetGuest guest = guest(config, GuestDriver.VERSION_1);
        guest.giveAndRing(3, 100);
        backend.arrive(NetGuest.frame(89, 6));
        backend.arrive(NetGuest.frame(88, 7));
        backend.arrive(NetGuest.frame(2000, 8));
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receiveAll()).containsExactly(NetGuest.frame(88, 7), FRAME);
        assertThat(events).containsEntry("receiveDropped", 2L);
    }

    @Test
    void receive_buffersOfNoUse_areGivenBack() {
        NetGuest guest = guest();
        int first = guest.receiving.add(GuestBuffer.writable(guest.driver.heap().take(11, 16), 11));
        int second =
                guest.receiving.add(GuestBuffer.readable(guest.driver.heap().take(100, 16), 100));
        int third = guest.receiving.add(GuestBuffer.writable(-1, 100));
        guest.giveAndRing(1, 100);
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receiving.poll()).contains(new UsedBuffer(first, 0));
        assertThat(guest.receiving.poll()).contains(new UsedBuffer(second, 0));
        assertThat(guest.receiving.poll()).contains(new UsedBuffer(third, 0));
        assertThat(guest.receiveAll()).containsExactly(FRAME);
        assertThat(events).containsEntry("refused", 3L);
    }

    @Test
    void receive_bufferOfNoUseInTheMiddle_isPartOfTheFrame() {
        NetGuest guest = guest();
        guest.give(50);
        int bad = guest.receiving.add(GuestBuffer.writable(-1, 100));
        guest.giveAndRing(1, 50);
        backend.arrive(FRAME);
        guest.driver.settle();
        UsedBuffer first = guest.receiving.poll().orElseThrow();
        assertThat(first.written()).isEqualTo(50);
        assertThat(guest.receiving.poll()).contains(new UsedBuffer(bad, 0));
        assertThat(guest.receiving.poll().orElseThrow().written()).isEqualTo(22);
        assertThat(guest.driver.status() & GuestDriver.NEEDS_RESET).isZero();
    }

    @Test
    void receive_noFrame_isDropped() {
        NetGuest guest = guest();
        guest.giveAndRing(1, 100);
        backend.arrive(NetGuest.frame(13, 1));
        backend.arrive();
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receiveAll()).containsExactly(FRAME);
        assertThat(events).containsEntry("receiveDropped", 2L);
    }

    @Test
    void reset_whileAFrameWaits_forgetsIt() {
        NetGuest guest = guest();
        guest.giveAndRing(1, 100);
        backend.arrive(NetGuest.frame(1000, 1));
        guest.driver.settle();
        guest.driver.begin(GuestDriver.VERSION_1);
        assertThat(backend.accepted).isEmpty();
        SplitDriverQueue again = guest.driver.setUpQueue(0, 8);
        guest.driver.ready();
        int id = again.add(GuestBuffer.writable(guest.driver.heap().take(200, 16), 200));
        guest.driver.kick(0);
        assertThat(again.poll()).isEmpty();
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(again.poll()).contains(new UsedBuffer(id, 72));
    }

    @Test
    void queueReset_whileAFrameWaits_forgetsIt() {
        NetGuest guest = guest();
        guest.giveAndRing(1, 100);
        backend.arrive(NetGuest.frame(1000, 1));
        guest.driver.settle();
        guest.driver.resetQueue(0);
        SplitDriverQueue again = guest.driver.setUpQueue(0, 8);
        int id = again.add(GuestBuffer.writable(guest.driver.heap().take(2000, 16), 2000));
        guest.driver.kick(0);
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(again.poll()).contains(new UsedBuffer(id, 72));
        assertThat(again.poll()).isEmpty();
    }

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

    @Test
    void command_receiveFilters_areAccepted() {
        NetGuest guest = guest();
        assertThat(guest.command(0, 0, (byte) 1)).isEqualTo(OK);
        assertThat(guest.command(0, 1, (byte) 0)).isEqualTo(OK);
        assertThat(guest.command(0, 0)).isEqualTo(ERROR);
        assertThat(guest.command(0, 2, (byte) 1)).isEqualTo(ERROR);
        byte[] lists = new byte[4 + 6 + 4];
        lists[0] = 1;
        assertThat(guest.command(1, 0, lists)).isEqualTo(OK);
        lists[0] = 2;
        assertThat(guest.command(1, 0, lists)).isEqualTo(ERROR);
        lists[3] = -1;
        assertThat(guest.command(1, 0, lists)).isEqualTo(ERROR);
        assertThat(guest.command(1, 0)).isEqualTo(ERROR);
    }

    @Test
    void command_address_changesItUntilAReset() {
        NetGuest guest = guest();
        assertThat(guest.command(1, 1, new byte[] {2, 1, 2, 3, 4, 5})).isEqualTo(OK);
        assertThat(guest.config(0, 4)).isEqualTo(0x03020102);
        assertThat(guest.command(1, 1, new byte[] {1, 1, 2, 3, 4, 5})).isEqualTo(ERROR);
        assertThat(guest.command(1, 1, new byte[6])).isEqualTo(ERROR);
        assertThat(guest.command(1, 1, new byte[5])).isEqualTo(ERROR);
        guest.driver.reset();
        assertThat(guest.config(0, 4)).isEqualTo(0x33221102);
    }

    @Test
    void command_offloads_areOnlyThoseAgreedTo() {
        NetGuest guest = guest();
        assertThat(backend.accepted).isEqualTo(Offload.all());
        assertThat(guest.command(5, 0, new byte[] {2, 1, 0, 0, 0, 0, 0, 0})).isEqualTo(OK);
        assertThat(backend.accepted).isEqualTo(Set.of(Offload.CHECKSUM, Offload.TSO6));
        assertThat(guest.command(5, 0, new byte[] {1, 0, 0, 0, 0, 0, 0, 0})).isEqualTo(ERROR);
        assertThat(guest.command(5, 0, new byte[] {2, 0, 0, 0, 0, 0, 0, (byte) 0x80}))
                .isEqualTo(ERROR);
        assertThat(guest.command(5, 0, new byte[7])).isEqualTo(ERROR);
        assertThat(guest.command(5, 1, new byte[8])).isEqualTo(ERROR);
        assertThat(backend.accepted).isEqualTo(Set.of(Offload.CHECKSUM, Offload.TSO6));
    }

    @Test
    void command_everyClassAndLength_isAnswered() {
        NetGuest guest = guest();
        for (int group = 0; group < 256; group += group < 8 ? 1 : 31) {
            for (int command = 0; command < 4; command++) {
                for (int length : new int[] {0, 1, 2, 4, 6, 8, 9}) {
                    assertThat(guest.command(group, command, new byte[length])).isIn(OK, ERROR);
                }
            }
        }
        long at = guest.driver.heap().take(64, 16);
        for (List<GuestBuffer> chain : List.of(
                List.of(GuestBuffer.readable(at, 64)),
                List.of(GuestBuffer.writable(at, 64)),
                List.of(GuestBuffer.readable(at, 1), GuestBuffer.writable(at, 1)),
                List.of(GuestBuffer.readable(-1, 1)))) {
            int id = guest.control.add(chain);
            guest.driver.kick(2);
            assertThat(guest.control.poll()).contains(new UsedBuffer(id, 0));
        }
        assertThat(events).containsEntry("refused", 4L);
    }

    @Test
    void command_pairs_ofADeviceWithOne_isAnError() {
        assertThat(guest().command(4, 0, (byte) 1, (byte) 0)).isEqualTo(ERROR);
    }

    @Test
    void pairs_several_areUsedAsTheDriverSays() {
        FrameBackend wide = new FrameBackend(3);
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = new NetFactory().create(NetConfig.of(() -> wide).events(new Counter()), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            assertThat(driver.readRaw(0x108, 2)).isEqualTo(3);
            SplitDriverQueue third = driver.setUpQueue(5, 8);
            SplitDriverQueue control = driver.setUpQueue(6, 8);
            driver.ready();
            assertThat(device).hasToString("net0");
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).isEmpty();
            assertThat(command(driver, control, 6, 4, 0, 3, 0)).isEqualTo(OK);
            assertThat(wide.used).endsWith(3);
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).hasSize(1);
            for (int wrong : new int[] {0, 4, 255}) {
                assertThat(command(driver, control, 6, 4, 0, wrong, 0)).isEqualTo(ERROR);
            }
            assertThat(command(driver, control, 6, 4, 0, 1, 0)).isEqualTo(OK);
            assertThat(wide.used).endsWith(1);
            assertThat(sendOn(driver, third)).isTrue();
            assertThat(wide.sent).hasSize(1);
        }
    }

    @Test
    void pairs_driverKnowsOfOne_commandsAreBehindIt() {
        FrameBackend wide = new FrameBackend(3);
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device _ = new NetFactory().create(NetConfig.of(() -> wide), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1 | 1L << 17 | 1L << 18);
            SplitDriverQueue control = driver.setUpQueue(2, 8);
            driver.ready();
            assertThat(command(driver, control, 2, 0, 0, 1)).isEqualTo(OK);
            for (int other = 3; other <= 6; other++) {
                driver.setUpQueue(other, 8)
                        .add(GuestBuffer.readable(driver.heap().take(100, 16), 100));
                driver.kick(other);
            }
            assertThat(driver.status() & GuestDriver.NEEDS_RESET).isZero();
            assertThat(wide.sent).isEmpty();
        }
    }

    private static boolean sendOn(GuestDriver driver, SplitDriverQueue queue) {
        queue.add(GuestBuffer.readable(driver.heap().take(100, 16), 100));
        driver.kick(5);
        return queue.poll().isPresent();
    }

    private static int command(GuestDriver driver, SplitDriverQueue queue, int index, int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        long answer = driver.heap().put((byte) 0x55);
        queue.add(GuestBuffer.readable(driver.heap().put(all), all.length), GuestBuffer.writable(answer, 1));
        driver.kick(index);
        assertThat(queue.poll()).isPresent();
        return driver.heap().memory().getByte(answer);
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
