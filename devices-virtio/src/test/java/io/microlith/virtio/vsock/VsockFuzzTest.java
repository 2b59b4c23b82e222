// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.HostileGuest;
import io.microlith.virtio.HostileState;
import io.microlith.virtio.SeedWriter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.vsock.VsockDriver.Packet;
import io.microlith.vmm.device.Device;
import java.util.List;

class VsockFuzzTest {
    static final VsockConfig CONFIG = VsockConfig.of().host(ChattyHost::new).setup(VirtioSetup.DEFAULT.packed());
    private static final int MOST_PACKETS = 200;
    private static final int CONNECTIONS = 320;
    private static final int BUFFER = 4096;

    @FuzzTest
    void guest_anyScript_harmsNothing(FuzzedDataProvider script) {
        assertThat(HostileGuest.play(
                        new VsockFactory(),
                        CONFIG,
                        script,
                        heap -> List.of(GuestBuffer.writable(heap.take(44, 16), 44))))
                .isTrue();
    }

    /** Well-formed chains with any packets in them, among few ports, so that connections live long enough to break. */
    @FuzzTest
    void guest_anyPackets_harmsNothingAndAnyoneElseConnects(FuzzedDataProvider script) {
        try (FakeDeviceContext machine = new FakeDeviceContext("vsock");
                Device device = new VsockFactory()
                        .create(VsockConfig.of().host(ChattyHost::new).bounds(CONNECTIONS, BUFFER), machine)) {
            VsockDriver driver = new VsockDriver(machine, 16);
            for (int i = 0; i < MOST_PACKETS && script.remainingBytes() > 0; i++) {
                driver.send(packet(script));
                if (script.consumeBoolean()) {
                    driver.receive();
                }
            }
            assertThat(driver.driver.status() & GuestDriver.NEEDS_RESET).isZero();
            VsockDriver next = new VsockDriver(machine, 16);
            next.send(VsockDriver.REQUEST, 2, 1 << 20);
            while (next.take().stream().noneMatch(packet -> packet.op() == VsockDriver.RESPONSE)) {
                next.offer(16);
            }
            assertThat(device).hasToString("vsock0");
        }
    }

    /** Writes down a packet as it is read, and that it is received afterwards. */
    static void write(SeedWriter script, Packet packet) {
        int length = packet.payload().length();
        script.number(Math.min(packet.op(), 9), 0, 9)
                .truth(packet.destinationPort() >>> 30 != 1)
                .number(packet.destinationPort() & 3, 0, 3)
                .number(packet.sourcePort() & 3, 0, 3)
                .number(Math.min(length, 1), 0, 3)
                .number(Math.min(length, 1400), 0, 1400)
                .number(packet.flags() & 3, 0, 3);
        Packet plain = Packet.of(packet.op(), packet.destinationPort(), packet.sourcePort());
        if (packet.length() != length) {
            script.number(0, 0, 7).wholeInt(packet.length());
        } else if (packet.bufferSize() != plain.bufferSize() || packet.forwarded() != plain.forwarded()) {
            script.number(1, 0, 7).wholeInt(packet.bufferSize()).wholeInt(packet.forwarded());
        } else if (packet.source() != plain.source()
                || packet.destination() != plain.destination()
                || packet.type() != plain.type()) {
            script.number(2, 0, 7)
                    .wholeLong(packet.source())
                    .wholeLong(packet.destination())
                    .wholeInt(packet.type());
        } else {
            script.number(7, 0, 7);
        }
        script.truth(true);
    }

    private static Packet packet(FuzzedDataProvider script) {
        Packet plain = Packet.of(
                script.consumeInt(0, 9),
                script.consumeBoolean() ? script.consumeInt(0, 3) : 1 << 30 | script.consumeInt(0, 3),
                script.consumeInt(0, 3));
        String payload = "x".repeat(script.consumeInt(0, 3) * script.consumeInt(0, 1400));
        Packet packet = plain.with(payload).flags(script.consumeInt(0, 3));
        return switch (script.consumeInt(0, 7)) {
            case 0 -> packet.length(script.consumeInt());
            case 1 -> packet.credit(script.consumeInt(), script.consumeInt());
            case 2 -> packet.from(script.consumeLong(), script.consumeLong(), script.consumeInt());
            case 3 -> packet.flags(script.consumeInt());
            case 4 -> packet.credit(script.consumeInt(0, 8), script.consumeInt(0, 8));
            default -> packet;
        };
    }

    @FuzzTest
    void restore_anyBytes_isRefusedOrDone(byte[] bytes) {
        assertThat(HostileState.isOne(new VsockFactory(), CONFIG, bytes)).isIn(true, false);
    }
}
