// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.StateSeeds;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class BlkStateTest extends SnapshotContract<BlkConfig, BlkState> {
    @RegisterExtension
    final StateSeeds<BlkConfig, BlkState> seeds =
            new StateSeeds<>(BlkFuzzTest.class, new BlkFactory(), BlkFuzzTest.CONFIG);

    @Override
    protected DeviceFactory<BlkConfig, BlkState> factory() {
        return new BlkFactory();
    }

    @Override
    protected BlkConfig config() {
        return BlkConfig.of(() -> new MemoryBackend(1 << 16));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((BlkDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    @Override
    protected List<BrokenState<BlkState>> broken(BlkState valid) {
        return List.of(new BrokenState<>("sectors", new BlkState(valid.virtio(), valid.sectors() + 1)));
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
