// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class BlkPropertyTest extends VirtioDeviceContract<BlkConfig, BlkState> {
    @Override
    protected DeviceFactory<BlkConfig, BlkState> factory() {
        return new BlkFactory();
    }

    @Override
    protected BlkConfig config() {
        return BlkConfig.of(() -> new MemoryBackend(1 << 16)).queues(2).setup(VirtioSetup.DEFAULT.packed());
    }

    /** A sector and the status: an error has the status alone. */
    @Override
    protected boolean isDone(long written) {
        return written == 513;
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(
                GuestBuffer.readable(heap.take(16, 16), 16),
                GuestBuffer.writable(heap.take(512, 512), 512),
                GuestBuffer.writable(heap.take(1, 1), 1));
    }
}
