// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.console;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.List;

class ConsolePropertyTest extends VirtioDeviceContract<ConsoleConfig, ConsoleState> {
    @Override
    protected DeviceFactory<ConsoleConfig, ConsoleState> factory() {
        return new ConsoleFactory();
    }

    @Override
    protected ConsoleConfig config() {
        return ConsoleConfig.of(ZeroPort::new).setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
