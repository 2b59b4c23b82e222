// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static io.microlith.virtio.vsock.VsockDriver.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.GuestSeeds;
import io.microlith.virtio.ScriptSeeds;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A socket device whose host is the test, and what it tells. */
abstract class VsockFixture {
    /** What the device has room for, of each connection. */
    static final int BUFFER = 4096;

    static final int HOST = 5000;
    static final int GUEST = 70;
    static final int CONNECTIONS = 8;

    @RegisterExtension
    final GuestSeeds seeds = new GuestSeeds(VsockFuzzTest.class);

    @RegisterExtension
    final ScriptSeeds scripts =
            new ScriptSeeds(VsockFuzzTest.class, "guest_anyPackets_harmsNothingAndAnyoneElseConnects");

    final FakeDeviceContext machine = seeds.of(new FakeDeviceContext("vsock"));
    final FakeHost host = new FakeHost();
    final Map<String, Long> events = new HashMap<>();
    final VsockConfig config =
            VsockConfig.of().host(() -> host).bounds(CONNECTIONS, BUFFER).events(new Counter());
    final Device device = new VsockFactory().create(config, machine);

    private final class Counter implements VsockEvents {
        private void add(String what, long count) {
            events.merge(what, count, Long::sum);
        }

        @Override
        public void onOpened(int hostPort, int guestPort) {
            add("opened", 1);
        }

        @Override
        public void onClosed(int hostPort, int guestPort) {
            add("closed", 1);
        }

        @Override
        public void onRefused(int hostPort, int guestPort) {
            add("refused", 1);
        }

        @Override
        public void onToGuest(long bytes) {
            add("toGuest", bytes);
        }

        @Override
        public void onToHost(long bytes) {
            add("toHost", bytes);
        }

        @Override
        public void onViolation() {
            add("violation", 1);
        }
    }

    @AfterEach
    void close() {
        device.close();
        machine.close();
    }

    VsockDriver driver() {
        return new VsockDriver(machine, 16, scripts.begin());
    }

    /** A connection that the guest made. */
    FakeStream open(VsockDriver driver) {
        FakeStream stream = host.at(HOST);
        driver.send(REQUEST, HOST, GUEST);
        assertThat(driver.received()).containsExactly("RESPONSE 5000->70");
        return stream;
    }

    static Packet packet(int op) {
        return Packet.of(op, HOST, GUEST);
    }
}
