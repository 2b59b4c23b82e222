// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.FakeDeviceContext;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.HeldRequests;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class NetPropertyTest extends VirtioDeviceContract<NetConfig, NetState> {
    private static final int LENGTH = 40;
    private static final int PAIRS = 2;
    private static final long FRAMES = 60;

    @Override
    protected DeviceFactory<NetConfig, NetState> factory() {
        return new NetFactory();
    }

    @Override
    protected NetConfig config() {
        return with(() -> new SteadyBackend(LENGTH, PAIRS, FRAMES));
    }

    /** Those of a network that is silent first. */
    @Override
    protected Optional<HeldRequests<NetConfig>> held() {
        List<SteadyBackend> silent = new ArrayList<>();
        Supplier<NetBackend> source = () -> {
            SteadyBackend backend = new SteadyBackend(LENGTH, PAIRS, 0);
            silent.add(backend);
            return backend;
        };
        return Optional.of(
                new HeldRequests<>(() -> with(source), () -> silent.forEach(backend -> backend.send(FRAMES))));
    }

    /** Nothing comes for the second pair before its driver asks for it. */
    @Override
    protected boolean mayKeep(int queue) {
        return queue == 2;
    }

    private NetConfig with(Supplier<NetBackend> source) {
        return NetConfig.of(source).setup(setup());
    }

    /** How the devices of this contract are attached. */
    VirtioSetup setup() {
        return VirtioSetup.DEFAULT.packed();
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(64, 16), 64));
    }

    @Test
    void driver_ofSeveralPairs_findsAllQueues() {
        try (FakeDeviceContext machine = new FakeDeviceContext("net");
                Device device = factory().create(config(), machine)) {
            GuestDriver driver = new GuestDriver(machine);
            driver.begin(GuestDriver.VERSION_1);
            assertThat(driver.queueCount()).as("queues of %s", device).isEqualTo(2 * PAIRS + 1);
        }
    }
}
