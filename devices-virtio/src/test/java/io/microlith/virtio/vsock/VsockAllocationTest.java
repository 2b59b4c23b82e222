// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.linux.PosixIo;
import io.microlith.linux.UnixSocket;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.AllocationGauge;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.vmm.device.Device;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A gate: a connection in steady state allocates nothing, in neither direction. */
class VsockAllocationTest {
    private static final int BYTES = 200;
    private static final int BATCH = 8;
    private static final int ROUNDS = 500;

    /** A host whose one stream is a socket's. */
    private record OneSocket(UnixSocket socket) implements VsockHost {
        @Override
        public void attach(VsockGuest guest) {}

        @Override
        public void detach() {}

        @Override
        public Optional<VsockStream> dial(int hostPort, int guestPort) {
            return Optional.of(UnixStream.of(socket));
        }

        @Override
        public void close() {}
    }

    @Test
    void stream_steadyState_allocatesNothing() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (FakeDeviceContext machine = new FakeDeviceContext("vsock");
                UnixSocket program = pair.get(1);
                Device device =
                        new VsockFactory().create(VsockConfig.of().host(() -> new OneSocket(pair.get(0))), machine)) {
            Traffic traffic = new Traffic(machine, program);
            assertThat(AllocationGauge.inSteadyState(ROUNDS, traffic::round))
                    .as("bytes of %s", device)
                    .isZero();
        }
    }

    /** A guest that sends, and is sent the same. */
    private static final class Traffic {
        private static final int HEADER = 44;
        private static final int FORWARDED = 40;

        private final VsockDriver guest;
        private final FakeDeviceContext machine;
        private final UnixSocket program;
        private final byte[] bytes = new byte[BATCH * BYTES];
        private final long packet;
        private int received;

        Traffic(FakeDeviceContext machine, UnixSocket program) {
            this.machine = machine;
            this.program = program;
            guest = new VsockDriver(machine, 2 * BATCH);
            guest.send(VsockDriver.REQUEST, 1, 2);
            assertThat(guest.receive()).hasSize(1);
            assertThat(PosixIo.read(program, bytes, 0, bytes.length)).isPositive();
            byte[] header = VsockDriver.Packet.of(VsockDriver.RW, 1, 2)
                    .with("x".repeat(BYTES))
                    .bytes();
            packet = guest.driver.heap().put(header);
        }

        void round(AllocationGauge gauge) {
            machine.memory().putInt(packet + FORWARDED, received);
            for (int i = 0; i < BATCH; i++) {
                guest.tx.add(GuestBuffer.readable(packet, HEADER + BYTES));
            }
            guest.driver.ring(1);
            gauge.settle(guest.driver);
            assertThat(guest.driver.drain(guest.tx)).hasSize(BATCH);
            assertThat(PosixIo.read(program, bytes, 0, bytes.length)).isEqualTo(bytes.length);

            assertThat(PosixIo.write(program, bytes, 0, bytes.length)).isEqualTo(bytes.length);
            gauge.settle(guest.driver);
            received += guest.receive().stream()
                    .mapToInt(VsockDriver.Packet::length)
                    .sum();
        }
    }
}
