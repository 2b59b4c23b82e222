// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.queue.QueueState;
import io.microlith.virtio.rng.RngConfig;
import io.microlith.virtio.rng.RngDevice;
import io.microlith.virtio.rng.RngFactory;
import io.microlith.virtio.rng.RngState;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.error.InvalidStateException;
import io.microlith.vmm.state.ByteString;
import io.microlith.vmm.state.DeviceState;
import io.microlith.vmm.state.StateCodec;
import io.microlith.vmm.state.StateWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VirtioStateTest {
    private static VirtioState live() {
        try (FakeDeviceContext machine = new FakeDeviceContext("rng");
                RngDevice device = (RngDevice) new RngFactory().create(RngConfig.fromHost(), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.ALL_OF_SPLIT_QUEUES);
            driver.setUpQueue(0, 16);
            driver.ready();
            return device.save().virtio();
        }
    }

    private static void restore(VirtioState state) {
        try (FakeDeviceContext machine = new FakeDeviceContext("rng")) {
            new RngFactory()
                    .restore(RngConfig.fromHost(), new RngState(state), machine)
                    .close();
        }
    }

    @Test
    void read_encoded_isTheSame() {
        VirtioState state = live();
        assertThat(VirtioState.read(StateCodec.reader(StateCodec.encode(state))))
                .isEqualTo(state);
    }

    @Test
    void restore_oneBrokenField_isRefused() {
        VirtioState good = live();
        restore(good);
        QueueState queue = good.queues().getFirst();
        Map<String, VirtioState> broken = Map.of(
                "transport", with(good, "pci", good.status(), good.driverFeatures(), good.queues(), good.registers()),
                "status", with(good, "mmio", 0x100, good.driverFeatures(), good.queues(), good.registers()),
                "driverFeatures", with(good, "mmio", good.status(), 1, good.queues(), good.registers()),
                "queues", with(good, "mmio", good.status(), good.driverFeatures(), List.of(), good.registers()),
                "registers",
                        with(
                                good,
                                "mmio",
                                good.status(),
                                good.driverFeatures(),
                                good.queues(),
                                ByteString.of(StateCodec.encode(new AllBits()))),
                "size",
                        with(
                                good,
                                "mmio",
                                good.status(),
                                good.driverFeatures(),
                                List.of(queue.withSize(1 << 20)),
                                good.registers()));
        broken.forEach((field, state) -> assertThatThrownBy(() -> restore(state))
                .as(field)
                .isInstanceOfSatisfying(
                        InvalidStateException.class, e -> assertThat(e.field()).endsWith("." + field)));
    }

    /** A first field with bits that no register has. */
    private record AllBits() implements DeviceState {
        @Override
        public int version() {
            return 1;
        }

        @Override
        public void writeTo(StateWriter writer) {
            writer.putLong(1, 0xff);
        }
    }

    private static VirtioState with(
            VirtioState good,
            String transport,
            int status,
            long features,
            List<QueueState> queues,
            ByteString registers) {
        return new VirtioState(
                transport,
                status,
                good.deviceFeaturesSelect(),
                good.driverFeaturesSelect(),
                features,
                good.queueSelect(),
                good.configGeneration(),
                queues,
                registers);
    }
}
