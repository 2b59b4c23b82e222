// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class RngPropertyTest extends VirtioDeviceContract<RngConfig, RngState> {
    @Override
    protected DeviceFactory<RngConfig, RngState> factory() {
        return new RngFactory();
    }

    @Override
    protected RngConfig config() {
        return RngConfig.fromHost().setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
