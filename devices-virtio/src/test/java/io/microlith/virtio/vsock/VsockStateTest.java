// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.StateSeeds;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.virtio.testkit.SplitDriverQueue;
import io.microlith.virtio.testkit.UsedBuffer;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VsockStateTest extends SnapshotContract<VsockConfig, VsockState> {
    @RegisterExtension
    final StateSeeds<VsockConfig, VsockState> seeds =
            new StateSeeds<>(VsockFuzzTest.class, new VsockFactory(), VsockFuzzTest.CONFIG);

    @Override
    protected DeviceFactory<VsockConfig, VsockState> factory() {
        return new VsockFactory();
    }

    @Override
    protected VsockConfig config() {
        return VsockConfig.of();
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((VsockDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected List<BrokenState<VsockState>> broken(VsockState valid) {
        return List.of();
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }

    /** A machine with the memory of another, and the device restored in it. */
    private static final class Copy implements AutoCloseable {
        final FakeDeviceContext machine = new FakeDeviceContext("vsock");
        final VsockDevice device;

        Copy(FakeDeviceContext from, VsockState state) {
            byte[] all = new byte[(int) FakeDeviceContext.MEMORY_SIZE];
            from.memory().read(0, all, 0, all.length);
            machine.memory().write(0, all);
            device = (VsockDevice) new VsockFactory().restore(VsockConfig.of().cid(9), state, machine);
            device.resume();
        }

        @Override
        public void close() {
            device.close();
            machine.close();
        }
    }

    @Test
    void restore_liveDriver_isToldThatConnectionsAreGone_onceAndAcrossSaves() {
        try (FakeDeviceContext machine = new FakeDeviceContext("vsock");
                VsockDevice device = (VsockDevice) factory().create(config(), machine)) {
            VsockDriver driver = new VsockDriver(machine, 4);
            int small = driver.event.add(GuestBuffer.writable(0x2000, 3));
            driver.driver.kick(2);
            assertThat(driver.driver.drain(driver.event)).isEmpty();
            try (Copy first = new Copy(machine, device.save());
                    // Saved again before the driver was told.
                    Copy second = new Copy(first.machine, first.device.save())) {
                GuestDriver restored = new GuestDriver(second.machine);
                assertThat(restored.readRaw(0x100, 4)).isEqualTo(9);
                SplitDriverQueue event = driver.event.in(restored.heap());
                second.machine.memory().putInt(0x3000, -1);
                int told = event.add(GuestBuffer.writable(0x3000, 4));
                event.add(GuestBuffer.writable(0x4000, 4));
                restored.kick(2);
                assertThat(restored.drain(event)).containsExactly(new UsedBuffer(small, 0), new UsedBuffer(told, 4));
                assertThat(second.machine.memory().getInt(0x3000)).isZero();
                assertThat(restored.interrupted()).isTrue();
            }
        }
    }

    @Test
    void restore_driverNotReady_isToldNothing() {
        try (FakeDeviceContext machine = new FakeDeviceContext("vsock");
                VsockDevice device = (VsockDevice) factory().create(config(), machine);
                Copy copy = new Copy(machine, device.save())) {
            VsockDriver driver = new VsockDriver(copy.machine, 4);
            driver.event.add(GuestBuffer.writable(0x3000, 4));
            driver.driver.kick(2);
            assertThat(driver.driver.drain(driver.event)).isEmpty();
        }
    }
}
