// SPDX-License-Identifier: Apache-2.0
package org.example.dice;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;
import java.util.Set;

/** The testkit's contract is for devices of others, too. */
class DiceStateTest extends SnapshotContract<DiceConfig, DiceState> {
    @Override
    protected DeviceFactory<DiceConfig, DiceState> factory() {
        return new DiceFactory();
    }

    @Override
    protected DiceConfig config() {
        return new DiceConfig(DiceConfig.PORT, 6, 42);
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        guest.in(DiceConfig.PORT);
    }

    @Override
    protected List<BrokenState<DiceState>> broken(DiceState valid) {
        return List.of();
    }

    @Override
    protected Set<String> unbreakable() {
        return Set.of("next");
    }
}
