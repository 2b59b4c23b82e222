// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

/** The contract; its requests are buffers in which the guest receives, of a host that has something for each. */
class VsockPropertyTest extends VirtioDeviceContract<VsockConfig, VsockState> {
    @Override
    protected DeviceFactory<VsockConfig, VsockState> factory() {
        return new VsockFactory();
    }

    @Override
    protected VsockConfig config() {
        return VsockConfig.of().host(ChattyHost::new).setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(44, 16), 44), GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
