// SPDX-License-Identifier: Apache-2.0
package io.microlith.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    private Path directory;

    private static void send(UnixSocket socket, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(PosixIo.write(socket, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static String receive(UnixSocket socket) {
        byte[] bytes = new byte[64];
        return new String(bytes, 0, PosixIo.read(socket, bytes, 0, bytes.length), StandardCharsets.US_ASCII);
    }

    @Test
    void connect_somebodyListens_bothEndsTalk() {
        Path path = directory.resolve("socket");
        try (UnixSocket listener = UnixSocket.listen(path, 4)) {
            assertThat(listener.accept()).isEmpty();
            try (UnixSocket client = UnixSocket.connect(path);
                    UnixSocket server = listener.accept().orElseThrow()) {
                send(client, "ping");
                assertThat(receive(server)).isEqualTo("ping");
                send(server, "pong");
                assertThat(receive(client)).isEqualTo("pong");
            }
        }
    }

    @Test
    void read_nothingThere_isEagain() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0);
                UnixSocket _ = pair.get(1)) {
            assertThat(PosixIo.read(one, new byte[1], 0, 1)).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void write_nobodyReads_isEagainInTheEnd() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0);
                UnixSocket _ = pair.get(1)) {
            byte[] block = new byte[1 << 16];
            int result = 0;
            for (int i = 0; i < 1_000 && result >= 0; i++) {
                result = PosixIo.write(one, block, 0, block.length);
            }
            assertThat(result).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void shutdownOutput_otherEndReadsToTheEnd_andStillWrites() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0);
                UnixSocket two = pair.get(1)) {
            send(one, "last");
            one.shutdownOutput();
            assertThat(receive(two)).isEqualTo("last");
            assertThat(PosixIo.read(two, new byte[1], 0, 1)).isZero();
            send(two, "answer");
            assertThat(receive(one)).isEqualTo("answer");
        }
    }

    @Test
    void shutdownInput_otherEndsWritesFail() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0);
                UnixSocket two = pair.get(1)) {
            one.shutdownInput();
            assertThat(PosixIo.write(two, new byte[1], 0, 1)).isEqualTo(-Errno.EPIPE);
            send(one, "still");
            assertThat(receive(two)).isEqualTo("still");
        }
    }

    @Test
    void isHungUp_otherEndIsGone_andNotBefore() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0)) {
            assertThat(one.isHungUp()).isFalse();
            pair.get(1).shutdownOutput();
            assertThat(one.isHungUp()).isFalse();
            pair.get(1).close();
            assertThat(one.isHungUp()).isTrue();
        }
    }

    @Test
    void write_otherEndIsGone_isEpipe() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket one = pair.get(0)) {
            pair.get(1).close();
            assertThat(PosixIo.write(one, new byte[1], 0, 1)).isEqualTo(-Errno.EPIPE);
        }
    }

    @Test
    void connect_nobodyThere_namesCallErrorAndPath() throws IOException {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> UnixSocket.connect(missing))
                .isInstanceOf(SystemCallException.class)
                .hasMessage("connect failed: ENOENT (2) [path=" + missing + "]");
        Path deserted = directory.resolve("deserted");
        UnixSocket.listen(deserted, 1).close();
        assertThat(Files.exists(deserted)).isTrue();
        assertThatThrownBy(() -> UnixSocket.connect(deserted)).hasMessageContaining("ECONNREFUSED (111)");
    }

    @Test
    void listen_pathTaken_isRefused() throws IOException {
        Path path = Files.createFile(directory.resolve("taken"));
        assertThatThrownBy(() -> UnixSocket.listen(path, 1)).hasMessageContaining("EADDRINUSE (98)");
    }

    @Test
    void listen_pathTooLong_isRefused() {
        Path path = Path.of("/" + "x".repeat(UnixSocket.MAX_PATH));
        assertThatThrownBy(() -> UnixSocket.listen(path, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UnixSocket.connect(Path.of(""))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void connect_backlogFull_failsAndDoesNotWait() {
        Path path = directory.resolve("busy");
        try (UnixSocket _ = UnixSocket.listen(path, 0);
                UnixSocket _ = UnixSocket.connect(path)) {
            assertThatThrownBy(() -> UnixSocket.connect(path)).hasMessageContaining("EAGAIN (11)");
        }
    }

    @Test
    void failures_many_leaveNoDescriptor() throws IOException {
        long before = descriptors();
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> UnixSocket.connect(directory.resolve("missing")))
                    .isInstanceOf(SystemCallException.class);
            UnixSocket.pair().forEach(UnixSocket::close);
        }
        assertThat(descriptors()).isEqualTo(before);
    }

    private static long descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return list.count();
        }
    }
}
