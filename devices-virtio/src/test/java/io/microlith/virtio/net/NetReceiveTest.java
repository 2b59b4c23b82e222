// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To the guest. */
class NetReceiveTest extends NetFixture {
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
        // Once more for every turn that was over.
        assertThat(events.get("starved")).isGreaterThanOrEqualTo(3L);
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
    void receive_bufferOfNoUseBehindAShortFrame_isGivenBack() {
        NetGuest guest = guest();
        guest.giveAndRing(31, 100);
        backend.arrive(NetGuest.frame(3000, 1));
        guest.driver.settle();
        assertThat(guest.receiveAll()).hasSize(1);
        // As many are popped as the next frame would take if it were as long.
        guest.give(100);
        int bad = guest.receiving.add(GuestBuffer.writable(guest.driver.heap().take(11, 16), 11));
        guest.giveAndRing(1, 100);
        backend.arrive(FRAME);
        backend.arrive(FRAME);
        guest.driver.settle();
        assertThat(guest.receive().orElseThrow()).endsWith(FRAME);
        assertThat(guest.receiving.poll()).contains(new UsedBuffer(bad, 0));
        assertThat(guest.receive().orElseThrow()).endsWith(FRAME);
    }

    @Test
    void receive_longFrameBehindAShortOne_fillsItsBuffers() {
        NetGuest guest = guest();
        byte[] longFrame = NetGuest.frame(66_000, 1);
        guest.giveAndRing(2, 40_000);
        backend.arrive(longFrame);
        guest.driver.settle();
        assertThat(guest.receiveAll()).containsExactly(longFrame);
        // A part of the second buffer is all that a frame could need, before the first one is gone.
        guest.giveAndRing(3, 40_000);
        backend.arrive(FRAME);
        backend.arrive(longFrame);
        guest.driver.settle();
        assertThat(guest.receiveAll()).containsExactly(FRAME, longFrame);
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
}
