// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.echo;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class EchoPropertyTest extends VirtioDeviceContract<VirtioSetup, EchoDevice.State> {
    @Override
    protected DeviceFactory<VirtioSetup, EchoDevice.State> factory() {
        return new EchoDevice.Factory();
    }

    @Override
    protected VirtioSetup config() {
        return VirtioSetup.DEFAULT.packed();
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(
                GuestBuffer.readable(heap.put((byte) 'h', (byte) 'i'), 2), GuestBuffer.writable(heap.take(2, 16), 2));
    }
}
