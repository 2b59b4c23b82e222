// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.GuestMemory;
import java.time.Duration;
import java.util.List;

class BalloonPropertyTest extends VirtioDeviceContract<BalloonConfig, BalloonState> {
    @Override
    protected DeviceFactory<BalloonConfig, BalloonState> factory() {
        return new BalloonFactory();
    }

    @Override
    protected BalloonConfig config() {
        return BalloonConfig.of(new BalloonControl())
                .features(BalloonFeature.values())
                .statistics(Duration.ofHours(1))
                .setup(VirtioSetup.DEFAULT.packed());
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        long page = heap.take(4096, 4096);
        long number = heap.take(4, 4);
        heap.memory().putInt(number, (int) (page >> 12));
        return List.of(GuestBuffer.readable(number, 4));
    }

    /** The buffer for statistics comes back when they are asked for. */
    @Override
    protected boolean mayKeep(int queue) {
        return queue == QueueRoles.STATISTICS;
    }

    /** A balloon writes nothing. */
    @Override
    protected boolean isDone(List<GuestBuffer> request, long written, GuestMemory memory) {
        return written == 0;
    }
}
