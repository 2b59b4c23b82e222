// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.linux.PosixIo;
import io.microlith.linux.UnixSocket;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.vmm.error.ConfigException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasstBackendTest {
    private final List<UnixSocket> pair = UnixSocket.pair();
    private final UnixSocket passt = pair.getLast();
    private final NetGuest guest = new NetGuest(NetConfig.of(() -> PasstBackend.on(pair.getFirst())));

    @AfterEach
    void close() {
        guest.close();
        passt.close();
    }

    private static byte[] framed(byte[] frame) {
        return ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    private void passtSays(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            int count = PosixIo.write(passt, bytes, done, bytes.length - done);
            assertThat(count == -Errno.EAGAIN || count > 0).isTrue();
            done += Math.max(0, count);
            guest.driver.settle();
        }
        guest.driver.settle();
    }

    private byte[] passtHears(int length) {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        byte[] buffer = new byte[10_000];
        while (heard.size() < length) {
            int count = PosixIo.read(passt, buffer, 0, Math.min(buffer.length, length - heard.size()));
            assertThat(count == -Errno.EAGAIN || count > 0).isTrue();
            heard.write(buffer, 0, Math.max(0, count));
            guest.driver.settle();
        }
        return heard.toByteArray();
    }

    @Test
    void offloads_areNotOffered() {
        assertThat(guest.driver.offered() & 0x3f87).isZero();
    }

    @Test
    void receive_streamInPieces_isFrames() {
        List<byte[]> frames = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < 40; i++) {
            frames.add(NetGuest.frame(14 + i * i * 7, i));
            stream.writeBytes(framed(frames.getLast()));
        }
        byte[] all = stream.toByteArray();
        List<byte[]> received = new ArrayList<>();
        guest.giveAndRing(60, 12_000);
        int size = 1;
        for (int done = 0; done < all.length; done += size) {
            size = Math.min(all.length - done, size * 2 % 5000 + 1);
            passtSays(Arrays.copyOfRange(all, done, done + size));
            received.addAll(guest.receiveAll());
        }
        assertThat(received).containsExactlyElementsOf(frames);
    }

    @Test
    void receive_noBuffers_waitsInTheSocket() {
        byte[] frame = NetGuest.frame(1000, 1);
        passtSays(framed(frame));
        passtSays(framed(frame));
        assertThat(guest.receiveAll()).isEmpty();
        guest.giveAndRing(2, 1500);
        assertThat(guest.receiveAll()).containsExactly(frame, frame);
    }

    @Test
    void send_frames_haveTheirLength() {
        byte[] one = NetGuest.frame(14, 1);
        byte[] two = NetGuest.frame(1500, 2);
        assertThat(guest.send(one)).isTrue();
        assertThat(guest.send(two)).isTrue();
        assertThat(passtHears(18)).isEqualTo(framed(one));
        assertThat(passtHears(1504)).isEqualTo(framed(two));
    }

    @Test
    void send_moreThanTheSocketTakes_waitsAndIsWhole() {
        byte[] frame = NetGuest.frame(60_000, 3);
        long heap = guest.driver.heap().put(frame);
        for (int i = 0; i < 8; i++) {
            guest.sending.add(
                    GuestBuffer.readable(guest.driver.heap().put(new byte[12]), 12),
                    GuestBuffer.readable(heap, 60_000));
        }
        guest.driver.kick(1);
        int taken = guest.driver.drain(guest.sending).size();
        assertThat(taken).as("frames that fitted").isBetween(1, 7);
        for (int i = 0; i < 8; i++) {
            assertThat(passtHears(60_004)).as("frame %s", i).isEqualTo(framed(frame));
        }
        assertThat(guest.driver.drain(guest.sending)).hasSize(8 - taken);
    }

    @Test
    void passt_gone_isALinkThatIsDown() {
        guest.giveAndRing(1, 1500);
        assertThat(guest.config(6, 2)).isEqualTo(1);
        passt.close();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isZero();
        assertThat(guest.send(NetGuest.frame(60, 1))).isTrue();
    }

    @Test
    void passt_goneAndNobodyReceives_isFoundBySending() {
        passt.close();
        assertThat(guest.send(NetGuest.frame(60, 1))).isTrue();
        guest.driver.settle();
        assertThat(guest.config(6, 2)).isZero();
    }

    @Test
    void passt_sayingNonsense_isALinkThatIsDown() {
        guest.giveAndRing(1, 1500);
        passtSays(new byte[] {0x7f, 0, 0, 0, 1, 2, 3});
        assertThat(guest.config(6, 2)).isZero();
        assertThat(guest.receiveAll()).isEmpty();
    }

    @Test
    void passt_sayingShortFrames_isHeardOn() {
        guest.giveAndRing(1, 1500);
        byte[] frame = NetGuest.frame(60, 1);
        passtSays(framed(new byte[0]));
        passtSays(framed(new byte[13]));
        passtSays(framed(frame));
        assertThat(guest.receiveAll()).containsExactly(frame);
    }

    @Test
    void connect_nobodyListens_saysWhatToDo(@TempDir Path directory) {
        assertThatThrownBy(() -> PasstBackend.connect(directory.resolve("passt.sock")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("--socket");
        assertThatThrownBy(() -> PasstBackend.connect(Path.of("/" + "x".repeat(200))))
                .isInstanceOf(ConfigException.class);
    }
}
