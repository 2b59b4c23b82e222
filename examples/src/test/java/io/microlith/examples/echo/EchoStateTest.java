// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.echo;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestDriver;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;

class EchoStateTest extends SnapshotContract<VirtioSetup, EchoDevice.State> {
    @Override
    protected DeviceFactory<VirtioSetup, EchoDevice.State> factory() {
        return new EchoDevice.Factory();
    }

    @Override
    protected VirtioSetup config() {
        return VirtioSetup.DEFAULT;
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((EchoDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    /** The transport's are broken where it is. */
    @Override
    protected List<BrokenState<EchoDevice.State>> broken(EchoDevice.State valid) {
        return List.of();
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
