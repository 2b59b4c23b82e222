// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SocketPortTest {
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;

    @TempDir
    private Path directory;

    private final FakeDeviceContext machine = new FakeDeviceContext("console");
    private Path path;
    private Device device;
    private ConsoleGuest guest;

    @BeforeEach
    void make() {
        path = directory.resolve("port");
        device = new ConsoleFactory()
                .create(ConsoleConfig.ports(List.of(new ConsolePort("one", () -> SocketPort.listen(path)))), machine);
        guest = new ConsoleGuest(machine);
        guest.begin(ConsoleGuest.MULTIPORT, 6);
        guest.meet(2);
        guest.say(1, ConsoleLayout.PORT_OPEN, 1);
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private static void send(SocketChannel to, String text) throws IOException {
        to.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String receive(SocketChannel from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining() && from.read(buffer) >= 0) {
            // Until it is all there.
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    private void until(String what, BooleanSupplier condition) {
        Eventually.holds(what, () -> {
            machine.eventLoop().poll(1_000_000);
            return condition.getAsBoolean();
        });
    }

    @Test
    void client_connects_talksToTheGuest() throws IOException {
        try (SocketChannel client = connect()) {
            assertThat(guest.heard()).containsExactly("1:6:1");
            guest.send(OUTPUT, "from the guest");
            assertThat(receive(client, 14)).isEqualTo("from the guest");
            guest.post(INPUT);
            send(client, "to the guest");
            assertThat(guest.text(INPUT)).isEqualTo("to the guest");
        }
        guest.post(INPUT);
        assertThat(guest.heard()).containsExactly("1:6:0");
    }

    @Test
    void client_sendsWhatTheGuestDoesNotRead_isHeldBack() throws IOException {
        try (SocketChannel client = connect()) {
            guest.heard();
            client.configureBlocking(false);
            ByteBuffer much = ByteBuffer.allocate(16 << 20);
            while (client.write(much) > 0) {
                // As much as the kernel holds.
            }
            int ran = 0;
            for (int i = 0; i < 10; i++) {
                ran += machine.eventLoop().poll(0);
            }
            assertThat(ran).as("the loop has nothing to do").isLessThan(5);
            assertThat(much.hasRemaining()).isTrue();
            guest.post(INPUT);
            assertThat(guest.text(INPUT)).hasSize(64);
        }
    }

    @Test
    void client_doesNotRead_holdsTheGuestBack() throws IOException {
        try (SocketChannel client = connect()) {
            guest.heard();
            String text = "0123456789abcdef".repeat(256);
            int sent = 0;
            while (true) {
                guest.send(OUTPUT, text);
                if (guest.queue(OUTPUT).poll().isEmpty()) {
                    break;
                }
                sent += text.length();
                assertThat(sent).isLessThan(8 << 20);
                guest.driver().heap();
            }
            sent += text.length();
            String got = receive(client, sent - text.length());
            assertThat(got).startsWith(text);
            until("the rest is sent", () -> guest.queue(OUTPUT).poll().isPresent());
            assertThat(got + receive(client, text.length())).hasSize(sent).endsWith(text);
        }
    }

    @Test
    void client_second_waitsForTheFirstToGo() throws IOException {
        try (SocketChannel second = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try (SocketChannel first = connect()) {
                assertThat(guest.heard()).containsExactly("1:6:1");
                second.connect(UnixDomainSocketAddress.of(path));
                send(second, "second");
                send(first, "first");
                guest.post(INPUT);
                assertThat(guest.text(INPUT)).isEqualTo("first");
            }
            guest.post(INPUT);
            guest.post(INPUT);
            assertThat(guest.text(INPUT)).isEqualTo("second");
            assertThat(guest.heard()).containsExactly("1:6:0", "1:6:1");
        }
    }

    @Test
    void client_goesWhileTheGuestWrites_outputIsLost() throws IOException {
        SocketChannel client = connect();
        guest.heard();
        client.close();
        guest.send(OUTPUT, "late");
        assertThat(guest.queue(OUTPUT).poll()).isPresent();
        assertThat(guest.heard()).containsExactly("1:6:0");
    }

    @Test
    void close_path_isTakenAway() {
        assertThat(path).exists();
        device.close();
        assertThat(path).doesNotExist();
        make();
    }

    @Test
    void listen_abandonedSocket_isReplaced() throws IOException {
        Path abandoned = directory.resolve("abandoned");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(abandoned))
                .close();
        assertThat(abandoned).exists();
        SocketPort.listen(abandoned).close();
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void listen_takenPath_isRefused() throws IOException {
        assertThatThrownBy(() -> SocketPort.listen(path)).isInstanceOf(ConfigException.class);
        Path file = Files.writeString(directory.resolve("file"), "content");
        assertThatThrownBy(() -> SocketPort.listen(file)).isInstanceOf(ConfigException.class);
        assertThat(file).hasContent("content");
        assertThatThrownBy(() -> SocketPort.listen(directory.resolve("x".repeat(200))))
                .isInstanceOf(ConfigException.class);
    }
}
