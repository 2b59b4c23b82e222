// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.linux.Errno;
import io.microlith.testkit.Eventually;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceRequest;
import io.microlith.vmm.error.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A console with a terminal alone. */
class ConsoleDeviceTest {
    private static final int COLUMNS_AND_ROWS = 0x100;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(ConsoleFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts = new ScriptSeeds(ConsoleFuzzTest.class, "driver_anyMessages_harmNothing");

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("console"));
    private final TestPort terminal = new TestPort();
    private final TerminalSize size = TerminalSize.unknown();
    private final Map<String, Long> events = new HashMap<>();
    private final Device device = new ConsoleFactory()
            .create(ConsoleConfig.of(() -> terminal).size(size).events(new Counter()), machine);
    private final ConsoleGuest guest = new ConsoleGuest(machine, scripts.begin());

    private final class Counter implements ConsoleEvents {
        @Override
        public void onReceived(String port, long bytes) {
            events.merge("received", bytes, Long::sum);
        }

        @Override
        public void onSent(String port, long bytes) {
            events.merge("sent", bytes, Long::sum);
        }

        @Override
        public void onDropped(String port, long bytes) {
            events.merge("dropped", bytes, Long::sum);
        }

        @Override
        public void onRefused() {
            events.merge("refused", 1L, Long::sum);
        }

        @Override
        public void onFailed(String port, Exception cause) {
            events.merge("failed", 1L, Long::sum);
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private void live() {
        guest.begin(ConsoleGuest.SIZE, 2);
        terminal.link().hostOpened();
    }

    @Test
    void device_found_saysWhatItIs() {
        assertThat(guest.driver().read(0x008)).isEqualTo(3);
        assertThat(guest.driver().offered() & 0xff_ffff).isEqualTo(ConsoleGuest.SIZE);
        assertThat(device).hasToString("console0");
    }

    @Test
    void start_driverReady_isCalledOnce() {
        assertThat(terminal.calls).isEmpty();
        live();
        guest.driver().reset();
        live();
        assertThat(terminal.calls).containsExactly("start");
    }

    @Test
    void output_ofTheGuest_reachesTheHost() {
        live();
        int id = guest.send(1, "hello");
        assertThat(guest.queue(1).poll()).contains(new UsedBuffer(id, 0));
        assertThat(terminal.received()).isEqualTo("hello");
        assertThat(events).containsExactlyEntriesOf(Map.of("sent", 5L));
    }

    @Test
    void output_longChain_reachesTheHostWhole() {
        live();
        String text = "0123456789abcdef".repeat(12 << 10);
        long address = guest.driver().heap().put(text.getBytes(StandardCharsets.US_ASCII));
        long half = text.length() / 2;
        guest.queue(1).add(GuestBuffer.readable(address, half), GuestBuffer.readable(address + half, half));
        guest.driver().kick(1);
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(terminal.received()).isEqualTo(text);
    }

    @Test
    void output_nobodyThere_isDropped() {
        guest.begin(0, 2);
        guest.send(1, "lost");
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(terminal.received()).isEmpty();
        assertThat(events).containsEntry("dropped", 4L);
    }

    @Test
    void output_hostHasNoRoom_waitsAndGoesOnWhereItWas() {
        live();
        terminal.room(3);
        guest.send(1, "hello");
        assertThat(guest.queue(1).poll()).isEmpty();
        assertThat(terminal.received()).isEqualTo("hel");
        terminal.room(100);
        guest.driver().settle();
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(terminal.received()).isEqualTo("hello");
    }

    @Test
    void output_terminalTakesNothingForLong_isDroppedUntilItDoes() {
        live();
        terminal.room(0);
        guest.send(1, "stuck");
        assertThat(guest.queue(1).poll()).isEmpty();
        Eventually.holds("the guest is let go", () -> {
            machine.eventLoop().poll(10_000_000);
            return events.containsKey("dropped");
        });
        assertThat(guest.queue(1).poll()).isPresent();
        guest.send(1, "more");
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(events).containsEntry("dropped", 9L);
        terminal.room(100);
        guest.send(1, "heard");
        assertThat(terminal.received()).isEqualTo("heard");
        terminal.room(0);
        guest.send(1, "waits");
        assertThat(terminal.received()).isEqualTo("heard");
    }

    @Test
    void output_hostGoesWhileItIsWaitedFor_isDropped() {
        live();
        terminal.room(2);
        guest.send(1, "hello");
        terminal.link().hostClosed();
        guest.driver().settle();
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(events).containsEntry("sent", 2L).containsEntry("dropped", 3L);
    }

    @Test
    void output_backendFails_isDropped() {
        live();
        terminal.failure = -Errno.ENOSPC;
        guest.send(1, "hello");
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(events).containsEntry("dropped", 5L);
    }

    @Test
    void output_chainWithNothing_isRefused() {
        live();
        guest.queue(1).add(GuestBuffer.writable(0x2000, 8));
        guest.driver().kick(1);
        assertThat(guest.queue(1).poll()).isPresent();
        assertThat(events).containsEntry("refused", 1L);
    }

    @Test
    void output_queueResetWhileItIsWaitedFor_beginsAnew() {
        guest.begin(GuestDriver.RING_RESET, 2);
        terminal.link().hostOpened();
        terminal.room(2);
        guest.send(1, "ab!");
        guest.driver().resetQueue(1);
        guest.driver().enable(1, guest.driver().setUpQueue(1, 8));
        guest.begin(GuestDriver.RING_RESET, 2);
        terminal.room(100);
        guest.send(1, "cdef");
        assertThat(terminal.received()).isEqualTo("abcdef");
    }

    @Test
    void input_ofTheHost_reachesTheGuest() {
        live();
        guest.post(0);
        guest.post(0);
        assertThat(guest.take(0)).isEmpty();
        terminal.send("typed");
        assertThat(guest.text(0)).isEqualTo("typed");
        assertThat(guest.driver().interrupted()).isTrue();
        terminal.send("again");
        assertThat(guest.text(0)).isEqualTo("again");
        assertThat(events).containsEntry("received", 10L);
    }

    @Test
    void input_moreThanTheGuestHasRoomFor_staysWithTheHost() {
        live();
        guest.post(0);
        terminal.send("x".repeat(100));
        assertThat(guest.text(0)).hasSize(64);
        assertThat(terminal.unread()).isEqualTo(36);
        guest.post(0);
        assertThat(guest.text(0)).hasSize(36);
    }

    @Test
    void input_beforeTheDriver_waitsForIt() {
        live();
        guest.driver().reset();
        terminal.send("early");
        guest.driver().settle();
        assertThat(terminal.unread()).isEqualTo(5);
        guest.begin(0, 2);
        guest.post(0);
        assertThat(guest.text(0)).isEqualTo("early");
    }

    @Test
    void input_readableBuffer_isRefused() {
        live();
        guest.queue(0).add(GuestBuffer.readable(0x2000, 8));
        guest.driver().kick(0);
        assertThat(guest.queue(0).poll())
                .hasValueSatisfying(used -> assertThat(used.written()).isZero());
        assertThat(events).containsEntry("refused", 1L);
    }

    @Test
    void size_changes_areInTheConfigurationAndInterrupt() {
        live();
        assertThat(guest.driver().read(COLUMNS_AND_ROWS)).isZero();
        guest.driver().takeInterruptStatus();
        size.set(132, 43);
        guest.driver().settle();
        assertThat(guest.driver().takeInterruptStatus()).isEqualTo(GuestDriver.CONFIG_CHANGE);
        assertThat(guest.driver().read(COLUMNS_AND_ROWS)).isEqualTo(43 << 16 | 132);
        size.set(132, 43);
        guest.driver().settle();
        assertThat(guest.driver().takeInterruptStatus()).isZero();
    }

    @Test
    void size_driverDoesNotWantIt_interruptsNobody() {
        guest.begin(0, 2);
        size.set(132, 43);
        guest.driver().settle();
        assertThat(guest.driver().takeInterruptStatus()).isZero();
    }

    @Test
    void size_impossible_isRefused() {
        assertThatThrownBy(() -> size.set(0, 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TerminalSize.of(80, 1 << 16)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void size_ofAnotherConsole_isRefusedAndNothingIsLeft() {
        TestPort other = new TestPort();
        try (FakeDeviceContext second = new FakeDeviceContext("console")) {
            assertThatThrownBy(() -> new ConsoleFactory()
                            .create(ConsoleConfig.of(() -> other).size(size), second))
                    .isInstanceOf(ConfigException.class);
            assertThat(second.windows()).isEmpty();
        }
        assertThat(other.calls).containsExactly("close");
    }

    @Test
    void drainAndClose_reachTheHost() {
        device.drain();
        assertThat(terminal.calls).containsExactly("drain");
    }

    @Test
    void failure_ofTheHost_isTold() {
        live();
        terminal.link().failed(new IOException("gone"));
        assertThat(events).containsEntry("failed", 1L);
    }

    @Test
    void configure_options_areChecked() {
        assertThat(DeviceRequest.parse("console,terminal=file:/tmp/x,port.a=socket:/tmp/y,transport=pci")
                        .resolve(Map.of())
                        .type())
                .isEqualTo("console");
        Map<String, String> wrong = Map.of(
                "console", "neither a terminal nor a port",
                "console,terminal=/tmp/x", "neither socket:PATH nor file:PATH",
                "console,terminal=file:", "is no path",
                "console,port.=file:/tmp/x", "is no name",
                "console,terminal=file:/tmp/x,colour=red", "console.colour");
        wrong.forEach((text, problem) -> assertThatThrownBy(
                        () -> DeviceRequest.parse(text).resolve(Map.of()))
                .as(text)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem));
    }

    @Test
    void config_portsThatCannotBe_areRefused() {
        ConsolePort port = new ConsolePort("a", ZeroPort::new);
        assertThatThrownBy(() -> ConsoleConfig.ports(List.of(port, port)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("two are named");
        assertThatThrownBy(() -> new ConsolePort("é".repeat(128), ZeroPort::new))
                .isInstanceOf(ConfigException.class);
        List<ConsolePort> many = IntStream.range(0, 31)
                .mapToObj(i -> new ConsolePort("p" + i, ZeroPort::new))
                .toList();
        assertThatThrownBy(() -> ConsoleConfig.ports(many)).isInstanceOf(ConfigException.class);
    }
}
