// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class NetPropertyTest extends VirtioDeviceContract<NetConfig, NetState> {
    @Override
    protected DeviceFactory<NetConfig, NetState> factory() {
        return new NetFactory();
    }

    @Override
    protected NetConfig config() {
        return NetConfig.of(() -> new SteadyBackend(40, 2, 60)).setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
