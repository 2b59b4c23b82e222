// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.ByteString;
import java.util.List;
import java.util.Set;

class BellStateTest extends SnapshotContract<BellConfig, BellState> {
    @Override
    protected DeviceFactory<BellConfig, BellState> factory() {
        return new BellFactory();
    }

    @Override
    protected BellConfig config() {
        return new BellConfig(Size.kibibytes(4));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int round = ((BellDevice) device).memory().get(JAVA_BYTE, 0) + 1;
        guest.pciBus().writeConfig(1, 0x10, 4, 0xc000_0000);
        guest.pciBus().writeConfig(1, 0x18, 4, 0xc100_0000);
        guest.pciBus().writeConfig(1, 0x04, 2, 6);
        guest.pciBus().writeConfig(1, 0x42, 2, 0x8000);
        guest.store(0xc000_0000L, 8, 0xfee0_0000L);
        guest.store(0xc000_0008L, 8, round);
        guest.store(0xc100_0000L, 1, round);
        guest.store(0xc000_1000L, 4, 1);
        guest.eventLoop().poll(0);
    }

    @Override
    protected List<BrokenState<BellState>> broken(BellState valid) {
        return List.of(new BrokenState<>("memory", new BellState(valid.config(), valid.msix(), ByteString.EMPTY)));
    }

    /** What makes up the others is tested where they are. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("config", "msix");
    }
}
