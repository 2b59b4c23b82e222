// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;

class RngStateTest extends SnapshotContract<RngConfig, RngState> {
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
        GuestDriver driver = new GuestDriver(guest);
        int selected = driver.read(0x30);
        driver.write(0x14, ((RngDevice) device).save().virtio().deviceFeaturesSelect() + 1 + selected);
    }

    /** The fields behind it are broken one by one in {@code VirtioStateTest}. */
    @Override
    protected List<BrokenState<RngState>> broken(RngState valid) {
        return List.of();
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
