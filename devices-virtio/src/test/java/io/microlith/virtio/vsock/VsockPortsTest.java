// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static io.microlith.virtio.vsock.VsockDriver.RESPONSE;
import static io.microlith.virtio.vsock.VsockDriver.RST;
import static io.microlith.virtio.vsock.VsockDriver.RW;
import static io.microlith.virtio.vsock.VsockDriver.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The test's thread is the device's loop and the guest; the program's are virtual ones. */
@Timeout(60)
class VsockPortsTest {
    private static final int GUEST = 70;
    private static final int HOST = 1 << 30;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(VsockFuzzTest.class);

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("vsock"));
    private final VsockPorts ports = new VsockPorts();
    private final Device device = new VsockFactory().create(Vsock.to(ports).config(), machine);
    private final ExecutorService program = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        device.close();
        machine.close();
        program.shutdownNow();
    }

    /** Lets the device run until the program has done something. */
    private <T> T await(Future<T> future) throws Exception {
        Eventually.holds("the program is done", () -> {
            machine.eventLoop().poll(0);
            return future.isDone();
        });
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private <T> T run(Callable<T> task) throws Exception {
        return await(program.submit(task));
    }

    /** Has the program do something that it has to wait for, and lets it come as far as that. */
    private <T> Future<T> waiting(Callable<T> task) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<T> future = program.submit(() -> {
            thread.set(Thread.currentThread());
            return task.call();
        });
        Eventually.holds("the program waits", () -> isWaiting(thread.get()));
        return future;
    }

    private static boolean isWaiting(@Nullable Thread thread) {
        return thread != null
                && (thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    private VsockChannel connect(VsockDriver driver) throws Exception {
        Future<VsockChannel> channel = program.submit(() -> ports.connect(GUEST));
        Packet request = awaitPacket(driver);
        assertThat(request.title()).isEqualTo("REQUEST " + HOST + "->70");
        driver.send(RESPONSE, HOST, GUEST);
        return await(channel);
    }

    private Packet awaitPacket(VsockDriver driver) {
        List<Packet> packets = new ArrayList<>();
        Eventually.holds("a packet comes", () -> packets.addAll(driver.receive()));
        return packets.getFirst();
    }

    private static String read(VsockChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        return channel.read(bytes) < 0
                ? "END"
                : StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }

    private static int write(VsockChannel channel, String text) throws IOException {
        return channel.write(StandardCharsets.US_ASCII.encode(text));
    }

    @Test
    void connect_guestAccepts_bothEndsTalk() throws Exception {
        VsockDriver driver = new VsockDriver(machine, 16);
        try (VsockChannel channel = connect(driver)) {
            assertThat(channel).hasToString(HOST + "-70");
            assertThat(run(() -> write(channel, "ping"))).isEqualTo(4);
            assertThat(driver.text()).isEqualTo("ping");
            Future<String> answer = program.submit(() -> read(channel));
            driver.send(Packet.of(RW, HOST, GUEST).with("pong").credit(1 << 16, 4));
            assertThat(await(answer)).isEqualTo("pong");
        }
        assertThat(awaitPacket(driver).flags()).isEqualTo(3);
    }

    @Test
    void connect_beforeTheDriver_waitsForIt() throws Exception {
        Future<VsockChannel> early = waiting(() -> ports.connect(GUEST));
        VsockDriver driver = new VsockDriver(machine, 16);
        assertThat(awaitPacket(driver).op()).isEqualTo(REQUEST);
        driver.send(RESPONSE, HOST, GUEST);
        await(early).close();
    }

    @Test
    void connect_guestRefuses_throws() {
        VsockDriver driver = new VsockDriver(machine, 16);
        Future<VsockChannel> channel = program.submit(() -> ports.connect(GUEST));
        assertThat(awaitPacket(driver).op()).isEqualTo(REQUEST);
        driver.send(RST, HOST, GUEST);
        assertThatThrownBy(() -> await(channel)).isInstanceOf(ConnectException.class);
    }

    @Test
    void connect_nobodyAnswers_throwsInTime() {
        assertThatThrownBy(() -> run(() -> ports.connect(GUEST, Duration.ofMillis(20))))
                .isInstanceOf(SocketTimeoutException.class);
        VsockDriver driver = new VsockDriver(machine, 16);
        assertThat(driver.receive()).isEmpty();
    }

    @Test
    void connect_machineIsClosed_throws() {
        Future<VsockChannel> channel = waiting(() -> ports.connect(GUEST));
        device.close();
        assertThatThrownBy(() -> await(channel)).isInstanceOf(ConnectException.class);
    }

    @Test
    void listen_guestConnects_isAccepted() throws Exception {
        try (VsockListener listener = ports.listen(52)) {
            VsockDriver driver = new VsockDriver(machine, 16);
            Future<VsockChannel> accepted = program.submit(listener::accept);
            driver.send(REQUEST, 52, GUEST);
            assertThat(driver.received()).containsExactly("RESPONSE 52->70");
            try (VsockChannel channel = await(accepted)) {
                assertThat(channel.hostPort()).isEqualTo(52);
                assertThat(channel.guestPort()).isEqualTo(GUEST);
                driver.send(Packet.of(RW, 52, GUEST).with("ping"));
                assertThat(run(() -> read(channel))).isEqualTo("ping");
                driver.send(Packet.of(SHUTDOWN, 52, GUEST).flags(2));
                assertThat(run(() -> read(channel))).isEqualTo("END");
                run(() -> write(channel, "bye"));
                channel.shutdownOutput();
                assertThat(driver.text()).isEqualTo("bye");
                assertThatThrownBy(() -> write(channel, "more")).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void listen_portTaken_isRefusedUntilItIsGivenBack() {
        VsockListener listener = ports.listen(52);
        assertThatThrownBy(() -> ports.listen(52)).isInstanceOf(ConfigException.class);
        listener.close();
        ports.listen(52).close();
    }

    @Test
    void listen_nobodyAccepts_refusesInTheEnd() {
        VsockDriver driver = new VsockDriver(machine, 16);
        try (VsockListener listener = ports.listen(52)) {
            assertThat(listener.port()).isEqualTo(52);
            for (int i = 0; i <= VsockListener.BACKLOG; i++) {
                driver.send(REQUEST, 52, i);
                assertThat(driver.receiveOne().op()).isEqualTo(i < VsockListener.BACKLOG ? RESPONSE : RST);
            }
        }
        assertThat(driver.receive()).isNotEmpty().allMatch(packet -> packet.op() == SHUTDOWN);
    }

    @Test
    void accept_listenerOrMachineClosed_throws() throws Exception {
        VsockListener one = ports.listen(1);
        VsockListener two = ports.listen(2);
        Future<VsockChannel> first = waiting(one::accept);
        Future<VsockChannel> second = waiting(two::accept);
        one.close();
        assertThatThrownBy(() -> await(first)).isInstanceOf(AsynchronousCloseException.class);
        device.close();
        assertThatThrownBy(() -> await(second)).isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void channel_muchBothWays_isTheSame() throws Exception {
        VsockDriver driver = new VsockDriver(machine, 16);
        try (VsockChannel channel = connect(driver)) {
            byte[] all = new byte[300_000];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) ('a' + i % 23);
            }
            Future<Integer> written = program.submit(() -> channel.write(ByteBuffer.wrap(all)));
            StringBuilder got = new StringBuilder();
            while (got.length() < all.length) {
                machine.eventLoop().poll(TimeUnit.MILLISECONDS.toNanos(1));
                got.append(driver.text());
                driver.send(Packet.of(VsockDriver.CREDIT_UPDATE, HOST, GUEST).credit(1 << 16, got.length()));
            }
            assertThat(await(written)).isEqualTo(all.length);
            assertThat(got.toString().equals(new String(all, StandardCharsets.US_ASCII)))
                    .isTrue();

            Future<String> received = program.submit(() -> {
                ByteBuffer into = ByteBuffer.allocate(all.length);
                while (into.hasRemaining() && channel.read(into) >= 0) {
                    // There is more.
                }
                return new String(into.array(), StandardCharsets.US_ASCII);
            });
            for (int sent = 0; sent < all.length; sent += 5000) {
                String part = got.substring(sent, sent + 5000);
                driver.send(Packet.of(RW, HOST, GUEST).with(part).credit(1 << 16, got.length()));
                driver.receive();
                machine.eventLoop().poll(0);
            }
            assertThat(await(received).contentEquals(got)).isTrue();
        }
    }

    @Test
    void channel_closedWhileSomebodyWaits_wakesIt() throws Exception {
        VsockDriver driver = new VsockDriver(machine, 16);
        VsockChannel channel = connect(driver);
        Future<String> reading = waiting(() -> read(channel));
        Future<Integer> writing = waiting(() -> channel.write(ByteBuffer.allocate(1 << 20)));
        channel.close();
        assertThatThrownBy(() -> await(reading)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> await(writing)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> read(channel)).isInstanceOf(ClosedChannelException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void channel_interrupted_throwsAndStaysOpen() throws Exception {
        VsockDriver driver = new VsockDriver(machine, 16);
        try (VsockChannel channel = connect(driver)) {
            Future<Boolean> interrupted = program.submit(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> read(channel)).isInstanceOf(InterruptedIOException.class);
                return Thread.interrupted();
            });
            assertThat(await(interrupted)).isTrue();
            driver.send(Packet.of(RW, HOST, GUEST).with("still"));
            assertThat(run(() -> read(channel))).isEqualTo("still");
        }
    }

    @Test
    void channel_guestReceivesNoMore_writesFail() throws Exception {
        VsockDriver driver = new VsockDriver(machine, 16);
        try (VsockChannel channel = connect(driver)) {
            driver.send(Packet.of(SHUTDOWN, HOST, GUEST).flags(1));
            assertThatThrownBy(() -> write(channel, "x")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void ports_ofAnotherMachine_areRefused() throws Exception {
        try (FakeDeviceContext other = new FakeDeviceContext("vsock")) {
            VsockConfig config = Vsock.to(ports).config();
            assertThatThrownBy(() -> new VsockFactory().create(config, other)).isInstanceOf(ConfigException.class);
            device.close();
            new VsockFactory().create(config, other).close();
        }
    }
}
