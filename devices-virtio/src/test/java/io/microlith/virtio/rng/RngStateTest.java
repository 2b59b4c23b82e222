// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

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

class RngStateTest extends SnapshotContract<RngConfig, RngState> {
    @RegisterExtension
    final StateSeeds<RngConfig, RngState> seeds =
            new StateSeeds<>(RngFuzzTest.class, new RngFactory(), RngFuzzTest.CONFIG);

    @Override
    protected DeviceFactory<RngConfig, RngState> factory() {
        return new RngFactory();
    }

    @Override
    protected RngConfig config() {
        return RngConfig.fromHost();
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((RngDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected List<BrokenState<RngState>> broken(RngState valid) {
        return List.of();
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
