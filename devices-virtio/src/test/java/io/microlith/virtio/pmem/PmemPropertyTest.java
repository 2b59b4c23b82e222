// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pmem;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;

class PmemPropertyTest extends VirtioDeviceContract<PmemConfig, PmemState> {
    private static final int NO_STATUS = 0x5555_5555;

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
        long status = heap.take(4, 16);
        heap.memory().putInt(status, NO_STATUS);
        return List.of(GuestBuffer.readable(heap.take(4, 16), 4), GuestBuffer.writable(status, 4));
    }

    /** An error is as long as a success. */
    @Override
    protected boolean isDone(List<GuestBuffer> request, long written, GuestMemory memory) {
        return written == 4 && memory.getInt(request.getLast().address()) == PmemRequest.OK;
    }
}
