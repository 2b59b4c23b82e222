// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

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

class PmemStateTest extends SnapshotContract<PmemConfig, PmemState> {
    @RegisterExtension
    final StateSeeds<PmemConfig, PmemState> seeds =
            new StateSeeds<>(PmemFuzzTest.class, new PmemFactory(), PmemFuzzTest.CONFIG);

    @Override
    protected DeviceFactory<PmemConfig, PmemState> factory() {
        return new PmemFactory();
    }

    @Override
    protected PmemConfig config() {
        return MemoryPmem.config();
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        int selected = ((PmemDevice) device).save().virtio().deviceFeaturesSelect();
        new GuestDriver(guest).write(0x14, selected + 1);
    }

    @Override
    protected List<BrokenState<PmemState>> broken(PmemState valid) {
        return List.of(
                new BrokenState<>("start", new PmemState(valid.virtio(), valid.start() + 1, valid.size())),
                new BrokenState<>("size", new PmemState(valid.virtio(), valid.start(), valid.size() + 1)));
    }

    /** What is behind it is broken one by one in {@code VirtioStateTest}. */
    @Override
    protected Set<String> unbreakable() {
        return Set.of("virtio");
    }
}
