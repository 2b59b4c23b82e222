// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.state.StateCodec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A console with a terminal and two ports. */
class ConsolePortsTest {
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;
    private static final int QUEUES = 8;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(ConsoleFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts = new ScriptSeeds(ConsoleFuzzTest.class, "driver_anyMessages_harmNothing");

    private final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("console"));
    private final TestPort terminal = new TestPort();
    private final TestPort first = new TestPort();
    private final TestPort second = new TestPort();
    private final TerminalSize size = TerminalSize.unknown();
    private final List<String> events = new ArrayList<>();
    private final Device device = new ConsoleFactory().create(config(), machine);
    private final ConsoleGuest guest = new ConsoleGuest(machine, scripts.begin());

    private ConsoleConfig config() {
        return ConsoleConfig.of(() -> terminal)
                .size(size)
                .port(new ConsolePort("one", () -> first))
                .port(new ConsolePort("two", () -> second))
                .events(new Recorder());
    }

    private final class Recorder implements ConsoleEvents {
        @Override
        public void onGuestOpened(String port) {
            events.add("opened " + port);
        }

        @Override
        public void onGuestClosed(String port) {
            events.add("closed " + port);
        }

        @Override
        public void onDropped(String port, long bytes) {
            events.add("dropped " + port + " " + bytes);
        }

        @Override
        public void onRefused() {
            events.add("refused");
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    private void live() {
        guest.begin(ConsoleGuest.SIZE | ConsoleGuest.MULTIPORT, QUEUES);
        terminal.link().hostOpened();
        first.link().hostOpened();
    }

    @Test
    void device_found_offersPorts() {
        assertThat(guest.driver().offered() & 0xff_ffff).isEqualTo(3);
        assertThat(guest.driver().read(0x104)).isEqualTo(3);
    }

    @Test
    void ports_driverAsks_areIntroduced() {
        live();
        size.set(80, 25);
        assertThat(guest.heard()).isEmpty();
        guest.say(0, ConsoleLayout.DEVICE_READY, 1);
        assertThat(guest.heard()).containsExactly("0:1:1", "1:1:1", "2:1:1");
        guest.say(0, ConsoleLayout.PORT_READY, 1);
        assertThat(guest.heard()).containsExactly("0:4:1", "0:6:1", "0:5:0 19 00 50 00");
        guest.say(1, ConsoleLayout.PORT_READY, 1);
        assertThat(guest.heard()).containsExactly("1:7:1 6f 6e 65", "1:6:1");
        guest.say(2, ConsoleLayout.PORT_READY, 1);
        assertThat(guest.heard()).containsExactly("2:7:1 74 77 6f");
    }

    @Test
    void ports_noTerminal_leaveItsPlaceFree() {
        try (FakeDeviceContext other = new FakeDeviceContext("console");
                Device ports = new ConsoleFactory()
                        .create(ConsoleConfig.ports(List.of(new ConsolePort("only", ZeroPort::new))), other)) {
            ConsoleGuest its = new ConsoleGuest(other);
            assertThat(its.driver().offered() & 0xff_ffff).isEqualTo(ConsoleGuest.MULTIPORT);
            its.begin(ConsoleGuest.MULTIPORT, 6);
            assertThat(its.meet(2)).containsExactly("1:1:1", "1:7:1 6f 6e 6c 79", "1:6:1");
            its.send(1, "nowhere");
            assertThat(its.queue(1).poll()).isPresent();
            assertThat(ports).hasToString("console0");
        }
    }

    @Test
    void size_changes_areTold() {
        live();
        guest.meet(3);
        guest.driver().takeInterruptStatus();
        size.set(132, 43);
        assertThat(guest.heard()).containsExactly("0:5:0 2b 00 84 00");
        size.set(132, 44);
        size.set(132, 45);
        assertThat(guest.heard()).containsExactly("0:5:0 2d 00 84 00");
    }

    @Test
    void host_comesAndGoes_isToldInOrder() {
        live();
        guest.meet(3);
        second.link().hostOpened();
        assertThat(guest.heard()).containsExactly("2:6:1");
        second.link().hostClosed();
        second.link().hostOpened();
        assertThat(guest.heard()).containsExactly("2:6:0", "2:6:1");
        second.link().hostClosed();
        second.link().hostOpened();
        second.link().hostClosed();
        assertThat(guest.heard()).containsExactly("2:6:0");
    }

    @Test
    void messages_driverHasNoBuffer_waitForOne() {
        guest.begin(ConsoleGuest.MULTIPORT, QUEUES);
        for (int i = 0; i < 20; i++) {
            guest.say(0, ConsoleLayout.DEVICE_READY, 1);
        }
        List<byte[]> some = guest.take(2);
        assertThat(some).hasSize(8);
        guest.post(2);
        assertThat(guest.take(2)).hasSize(1);
    }

    @Test
    void message_bufferTooShort_isLost() {
        guest.driver().begin(GuestDriver.VERSION_1 | ConsoleGuest.MULTIPORT);
        var control = guest.driver().setUpQueue(2, 8);
        var said = guest.driver().setUpQueue(3, 8);
        guest.driver().ready();
        control.add(GuestBuffer.writable(guest.driver().heap().take(7, 1), 7));
        said.add(GuestBuffer.readable(guest.driver().heap().put(new byte[] {0, 0, 0, 0, 0, 0, 1, 0}), 8));
        guest.driver().kick(3);
        assertThat(control.poll())
                .hasValueSatisfying(used -> assertThat(used.written()).isZero());
        assertThat(events).containsExactly("refused");
    }

    @Test
    void input_guestHasNotOpened_waits() {
        live();
        guest.meet(3);
        guest.post(INPUT);
        first.send("early");
        assertThat(guest.text(INPUT)).isEmpty();
        guest.say(1, ConsoleLayout.PORT_OPEN, 1);
        assertThat(guest.text(INPUT)).isEqualTo("early");
        guest.say(1, ConsoleLayout.PORT_OPEN, 0);
        guest.post(INPUT);
        first.send("late");
        assertThat(guest.text(INPUT)).isEmpty();
        assertThat(events).containsExactly("opened one", "closed one");
    }

    @Test
    void output_ofEachPort_goesItsOwnWay() {
        live();
        guest.meet(3);
        guest.send(1, "kernel");
        guest.send(OUTPUT, "program");
        guest.send(7, "nobody");
        assertThat(terminal.received()).isEqualTo("kernel");
        assertThat(first.received()).isEqualTo("program");
        assertThat(second.received()).isEmpty();
        assertThat(events).containsExactly("dropped two 6");
    }

    @Test
    void output_hostTakesNothing_isHeldBackForAsLongAsThat() {
        live();
        guest.meet(3);
        first.room(0);
        guest.send(OUTPUT, "waits");
        long end = System.nanoTime() + 1_300_000_000;
        while (System.nanoTime() < end) {
            machine.eventLoop().poll(50_000_000);
        }
        assertThat(guest.queue(OUTPUT).poll()).isEmpty();
        first.room(100);
        guest.driver().settle();
        assertThat(guest.queue(OUTPUT).poll()).isPresent();
        assertThat(first.received()).isEqualTo("waits");
        assertThat(events).isEmpty();
    }

    @Test
    void messages_ofNoSense_areRefused() {
        live();
        guest.meet(3);
        guest.say(3, ConsoleLayout.PORT_OPEN, 1);
        guest.say(-1, ConsoleLayout.PORT_OPEN, 1);
        guest.say(1, ConsoleLayout.PORT_ADD, 1);
        guest.say(1, 0xffff, 1);
        guest.queue(3).add(GuestBuffer.readable(0x2000, 7));
        guest.queue(3).add(GuestBuffer.writable(0x2000, 64));
        guest.driver().kick(3);
        assertThat(events).containsExactly("refused", "refused", "refused", "refused", "refused", "refused");
        assertThat(guest.heard()).isEmpty();
    }

    @Test
    void port_driverFailedToAdd_isNotSpokenOf() {
        live();
        guest.say(0, ConsoleLayout.DEVICE_READY, 1);
        guest.heard();
        guest.say(1, ConsoleLayout.PORT_READY, 0);
        first.link().hostClosed();
        assertThat(guest.heard()).isEmpty();
        guest.say(0, ConsoleLayout.DEVICE_READY, 0);
        assertThat(guest.heard()).isEmpty();
    }

    @Test
    void driver_withoutPorts_hasATerminal() {
        guest.begin(0, 2);
        terminal.link().hostOpened();
        guest.post(0);
        terminal.send("typed");
        guest.send(1, "printed");
        assertThat(guest.text(0)).isEqualTo("typed");
        assertThat(terminal.received()).isEqualTo("printed");
    }

    @Test
    void reset_driverGone_isForgotten() {
        live();
        guest.meet(3);
        guest.say(1, ConsoleLayout.PORT_OPEN, 1);
        first.room(1);
        guest.send(OUTPUT, "half");
        guest.driver().reset();
        ConsoleState state = ((ConsoleDevice) device).save();
        assertThat(state.ports()).containsOnly(PortState.INITIAL);
    }

    @Test
    void restore_inTheMiddle_goesOn() {
        live();
        guest.meet(3);
        guest.say(1, ConsoleLayout.PORT_OPEN, 1);
        first.room(3);
        guest.send(OUTPUT, "hello");
        ConsoleState saved = ((ConsoleDevice) device).save();
        ConsoleState read = new ConsoleFactory().read(StateCodec.reader(StateCodec.encode(saved)));
        assertThat(read).isEqualTo(saved);
        byte[] memory = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
        machine.memory().read(0, memory, 0, memory.length);
        TestPort there = new TestPort();
        there.openAtStart = true;
        ConsoleConfig elsewhere = ConsoleConfig.of(ZeroPort::new)
                .port(new ConsolePort("one", () -> there))
                .port(new ConsolePort("two", ZeroPort::new));
        try (FakeDeviceContext other = new FakeDeviceContext("console")) {
            other.memory().write(0, memory);
            try (Device restored = new ConsoleFactory().restore(elsewhere, read, other)) {
                restored.resume();
                GuestDriver driver = new GuestDriver(other);
                driver.settle();
                assertThat(there.received()).isEqualTo("lo");
                PortState state = ((ConsoleDevice) restored).save().ports().get(1);
                assertThat(state.sent()).isZero();
                assertThat(state.flags()).isEqualTo(PortFlags.READY | PortFlags.GUEST_OPEN | PortFlags.TOLD_OPEN);
            }
        }
    }
}
