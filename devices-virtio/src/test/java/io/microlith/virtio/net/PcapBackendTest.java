// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapBackendTest {
    private static final byte[] SENT = NetGuest.frame(60, 1);
    private static final byte[] RECEIVED = NetGuest.frame(5000, 2);

    @TempDir
    private Path directory;

    @Test
    void file_frames_areThoseOfBothWays() throws IOException {
        Path path = Files.write(directory.resolve("net.pcap"), new byte[100]);
        FrameBackend backend = new FrameBackend();
        long before = Instant.now().getEpochSecond();
        try (NetGuest guest = new NetGuest(NetConfig.of(() -> backend).pcap(path))) {
            guest.send(SENT);
            guest.giveAndRing(10, 600);
            backend.arrive(RECEIVED);
            guest.driver.settle();
            assertThat(guest.receiveAll()).containsExactly(RECEIVED);
            backend.sendError = -Errno.EINVAL;
            guest.send(SENT);
            assertThat(backend.accepted).isEqualTo(Offload.all());
        }
        assertThat(backend.closed).isTrue();
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.nativeOrder());
        assertThat(file.getInt()).isEqualTo(0xa1b23c4d);
        assertThat(file.getInt()).as("version").isEqualTo(4 << 16 | 2);
        assertThat(file.getLong()).isZero();
        assertThat(file.getInt()).isGreaterThanOrEqualTo(65_535);
        assertThat(file.getInt()).as("Ethernet").isEqualTo(1);
        assertFrame(file, before, SENT);
        assertFrame(file, before, RECEIVED);
        assertThat(file.hasRemaining()).isFalse();
    }

    private static void assertFrame(ByteBuffer file, long before, byte[] expected) {
        assertThat((long) file.getInt()).isBetween(before, before + 60);
        assertThat(file.getInt()).isBetween(0, 999_999_999);
        assertThat(file.getInt()).isEqualTo(expected.length);
        assertThat(file.getInt()).isEqualTo(expected.length);
        byte[] frame = new byte[expected.length];
        file.get(frame);
        assertThat(frame).isEqualTo(expected);
    }

    @Test
    void file_onAFullDisk_losesNoTraffic() {
        FrameBackend backend = new FrameBackend();
        try (NetGuest guest = new NetGuest(NetConfig.of(() -> backend).pcap(Path.of("/dev/full")))) {
            assertThat(guest.send(SENT)).isTrue();
            assertThat(guest.send(SENT)).isTrue();
            assertThat(backend.sent).hasSize(2);
        }
    }

    @Test
    void open_fileThatCannotBe_leavesNoBackend() {
        FrameBackend backend = new FrameBackend();
        assertThatThrownBy(() -> PcapBackend.open(() -> backend, directory.resolve("no/such")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("net.pcap");
        assertThat(backend.closed).isFalse();
        backend.close();
    }
}
