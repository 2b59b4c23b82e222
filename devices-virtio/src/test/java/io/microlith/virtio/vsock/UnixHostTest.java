// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RESPONSE;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static io.microlith.virtio.vsock.VsockDriver.RW;
import static io.microlith.virtio.vsock.VsockDriver.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs on the host are the JDK's own sockets. */
class UnixHostTest {
    private static final int GUEST = 70;

    @TempDir
    private Path directory;

    private final FakeDeviceContext machine = new FakeDeviceContext("vsock");
    private Path path;
    private Device device;
    private VsockDriver driver;

    @BeforeEach
    void make() {
        path = directory.resolve("v.sock");
        device = new VsockFactory().create(VsockConfig.of().host(() -> UnixHost.at(path)), machine);
        driver = new VsockDriver(machine, 16);
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private SocketChannel call(String greeting) throws IOException {
        SocketChannel caller = SocketChannel.open(UnixDomainSocketAddress.of(path));
        send(caller, greeting);
        driver.driver.settle();
        return caller;
    }

    private static void send(SocketChannel socket, String text) throws IOException {
        assertThat(socket.write(StandardCharsets.ISO_8859_1.encode(text))).isEqualTo(text.length());
    }

    /** What the device wrote, or {@code END}; or {@code RESET}, if it did not read to the end either. */
    private String read(SocketChannel socket) throws IOException {
        driver.driver.settle();
        socket.configureBlocking(false);
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        int read;
        try {
            read = socket.read(bytes);
        } catch (SocketException _) {
            return "RESET";
        }
        return read < 0
                ? "END"
                : StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
    }

    private ServerSocketChannel server(int port, int backlog) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path + "_" + port), backlog);
        return server;
    }

    private SocketChannel open() throws IOException {
        SocketChannel caller = call("CONNECT 70\n");
        Packet request = driver.receiveOne();
        driver.send(RESPONSE, request.sourcePort(), GUEST);
        assertThat(read(caller)).isEqualTo("OK " + request.sourcePort() + "\n");
        return caller;
    }

    private static final int PORT = 1 << 30;

    @Test
    void caller_saysWhereTo_isConnected() throws IOException {
        try (SocketChannel caller = open()) {
            send(caller, "ping");
            assertThat(driver.text()).isEqualTo("ping");
            driver.send(Packet.of(RW, PORT, GUEST).with("pong").credit(1 << 16, 4));
            assertThat(read(caller)).isEqualTo("pong");
        }
        Packet shutdown = driver.receiveOne();
        assertThat(shutdown.title()).isEqualTo("SHUTDOWN " + PORT + "->70");
        assertThat(shutdown.flags()).isEqualTo(3);
    }

    @Test
    void caller_saysItInPiecesAndSendsMore_losesNothing() throws IOException {
        try (SocketChannel caller = call("CONN")) {
            assertThat(driver.receive()).isEmpty();
            send(caller, "ECT 70\nearly");
            assertThat(driver.received()).containsExactly("REQUEST " + PORT + "->70");
            driver.send(RESPONSE, PORT, GUEST);
            assertThat(driver.text()).isEqualTo("early");
        }
    }

    @Test
    void caller_saysNonsense_isClosed() throws IOException {
        for (String nonsense : List.of(
                "\n",
                "HELLO 70\n",
                "CONNECT\n",
                "CONNECT \n",
                "CONNECT -1\n",
                "CONNECT 4294967296\n",
                "CONNECT +7\n",
                "CONNECT 70 80\n",
                "CONNECT 00000000000000000000000000000000070\n")) {
            try (SocketChannel caller = call(nonsense)) {
                assertThat(read(caller)).as(nonsense).isIn("END", "RESET");
            }
        }
        assertThat(driver.receive()).isEmpty();
    }

    @Test
    void caller_goesBeforeItSaysAnything_isForgotten() throws IOException {
        for (int i = 0; i < 300; i++) {
            call("").close();
        }
        open().close();
    }

    @Test
    void caller_manyOfThem_waitForTheirTurn() throws IOException {
        List<SocketChannel> silent = new ArrayList<>();
        for (int i = 0; i < 140; i++) {
            silent.add(call(""));
        }
        try (SocketChannel last = call("CONNECT 70\n")) {
            assertThat(driver.receive()).isEmpty();
            for (SocketChannel one : silent) {
                one.close();
            }
            assertThat(driver.received()).hasSize(1);
            assertThat(last.isOpen()).isTrue();
        }
    }

    @Test
    void caller_guestRefuses_isClosed() throws IOException {
        try (SocketChannel caller = call("CONNECT 70\n")) {
            driver.send(RST, driver.receiveOne().sourcePort(), GUEST);
            assertThat(read(caller)).isEqualTo("END");
        }
    }

    @Test
    void caller_beforeTheDriver_waitsForIt() throws IOException {
        driver.driver.reset();
        try (SocketChannel caller = call("CONNECT 70\n")) {
            driver = new VsockDriver(machine, 16);
            assertThat(driver.received()).containsExactly("REQUEST " + PORT + "->70");
            assertThat(caller.isOpen()).isTrue();
        }
    }

    @Test
    void guest_serverIsThere_isConnected() throws IOException {
        try (ServerSocketChannel server = server(52, 1)) {
            driver.send(REQUEST, 52, GUEST);
            assertThat(driver.received()).containsExactly("RESPONSE 52->70");
            try (SocketChannel accepted = server.accept()) {
                driver.send(Packet.of(RW, 52, GUEST).with("ping"));
                assertThat(read(accepted)).isEqualTo("ping");
                send(accepted, "pong");
                assertThat(driver.text()).isEqualTo("pong");
            }
        }
    }

    @Test
    void guest_noServer_isReset() {
        driver.send(REQUEST, 52, GUEST);
        driver.send(REQUEST, -1, GUEST);
        assertThat(driver.received()).containsExactly("RST 52->70", "RST -1->70");
    }

    @Test
    void guest_serverIsBusy_isConnectedLater() throws IOException {
        try (ServerSocketChannel server = server(52, 1)) {
            server.configureBlocking(false);
            for (int i = 0; i < 4; i++) {
                driver.send(REQUEST, 52, i);
            }
            int answered = driver.receive().size();
            assertThat(answered).isBetween(1, 3);
            List<Packet> later = new ArrayList<>();
            driver.await("the others are connected", () -> {
                acceptAndClose(server);
                driver.receive().stream()
                        .filter(packet -> packet.op() == RESPONSE)
                        .forEach(later::add);
                return later.size() >= 4 - answered;
            });
            assertThat(later).hasSize(4 - answered);
        }
    }

    /** Accepts whoever waits. */
    private static void acceptAndClose(ServerSocketChannel server) {
        try {
            for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
                next.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void hostShutsDown_guestIsTold_andTheOtherWayAround() throws IOException {
        try (SocketChannel caller = open()) {
            caller.shutdownOutput();
            assertThat(driver.receiveOne().flags()).isEqualTo(2);
            driver.send(Packet.of(RW, PORT, GUEST).with("answer"));
            driver.send(Packet.of(SHUTDOWN, PORT, GUEST).flags(2));
            assertThat(read(caller)).isEqualTo("answer");
            assertThat(read(caller)).isEqualTo("END");
            driver.send(Packet.of(SHUTDOWN, PORT, GUEST).flags(3));
            assertThat(driver.received()).containsExactly("RST " + PORT + "->70");
        }
    }

    @Test
    void guestReceivesNoMore_hostsWritesFail() throws IOException {
        try (SocketChannel caller = open()) {
            driver.send(Packet.of(SHUTDOWN, PORT, GUEST).flags(1));
            assertThatThrownBy(() -> send(caller, "x")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void hostDoesNotRead_guestStopsAndNothingIsLost() throws IOException {
        StringBuilder sent = new StringBuilder();
        StringBuilder got = new StringBuilder();
        try (SocketChannel caller = open()) {
            int passedOn = 0;
            // What the socket holds, and then what the device does: it says when there is no more room.
            for (int i = 0; sent.length() - passedOn <= (256 << 10) - 4000; i++) {
                String text = String.format("%04d", i % 10_000).repeat(1000);
                driver.send(Packet.of(RW, PORT, GUEST).with(text));
                sent.append(text);
                for (Packet packet : driver.receive()) {
                    passedOn = packet.forwarded();
                }
            }
            while (got.length() < sent.length()) {
                got.append(read(caller));
            }
            assertThat(got.compareTo(sent)).isZero();
            List<Packet> last = driver.receive();
            assertThat(last.getLast().forwarded()).isGreaterThan(passedOn);
        }
    }

    @Test
    void hostSendsMuch_allOfItComes() throws IOException {
        StringBuilder sent = new StringBuilder();
        StringBuilder got = new StringBuilder();
        try (SocketChannel caller = open()) {
            caller.configureBlocking(false);
            for (int i = 0; i < 30; i++) {
                String text = String.format("%04d", i).repeat(1000);
                int written = caller.write(StandardCharsets.ISO_8859_1.encode(text));
                sent.append(text, 0, written);
                got.append(driver.text());
                driver.send(Packet.of(VsockDriver.CREDIT_UPDATE, PORT, GUEST).credit(1 << 16, got.length()));
            }
            got.append(driver.text());
        }
        assertThat(got.compareTo(sent)).isZero();
    }

    @Test
    void path_staleSocket_isReplaced_andALiveOneIsNot() throws IOException {
        assertThatThrownBy(() -> UnixHost.at(path))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("EADDRINUSE");
        Path stale = directory.resolve("stale");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(stale).exists();
        UnixHost.at(stale).close();
        assertThat(stale).doesNotExist();
        Path file = Files.writeString(directory.resolve("file"), "precious");
        assertThatThrownBy(() -> UnixHost.at(file)).isInstanceOf(ConfigException.class);
        assertThat(file).hasContent("precious");
        assertThatThrownBy(() -> UnixHost.at(Path.of("x".repeat(200)))).isInstanceOf(ConfigException.class);
    }

    @Test
    void close_socketIsGone() {
        device.close();
        assertThat(path).doesNotExist();
    }
}
