// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class PmemPropertyTest extends VirtioDeviceContract<PmemConfig, PmemState> {
    @Override
    protected DeviceFactory<PmemConfig, PmemState> factory() {
        return new PmemFactory();
    }

    @Override
    protected PmemConfig config() {
        return MemoryPmem.config().setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.readable(heap.take(4, 16), 4), GuestBuffer.writable(heap.take(4, 16), 4));
    }
}
