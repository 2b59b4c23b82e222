// SPDX-License-Identifier: Apache-2.0
package io.microlith.testkit;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class LatchStateTest extends SnapshotContract<String, Latch.State> {
    @Override
    protected DeviceFactory<String, Latch.State> factory() {
        return new Latch.Factory();
    }

    @Override
    protected String config() {
        return "";
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.out(Latch.PORT, guest.in(Latch.PORT) + 1);
    }

    @Override
    protected List<BrokenState<Latch.State>> broken(Latch.State valid) {
        return List.of(
                new BrokenState<>("value", new Latch.State(-1)), new BrokenState<>("value", new Latch.State(0x100)));
    }
}
