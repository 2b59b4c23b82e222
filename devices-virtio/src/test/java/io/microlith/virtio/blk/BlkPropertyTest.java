// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.blk;

import io.microlith.virtio.limit.RateLimiter;
import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.HeldRequests;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.memory.GuestMemory;
import java.util.List;
import java.util.Optional;

class BlkPropertyTest extends VirtioDeviceContract<BlkConfig, BlkState> {
    private static final byte NO_STATUS = 0x55;

    @Override
    protected DeviceFactory<BlkConfig, BlkState> factory() {
        return new BlkFactory();
    }

    @Override
    protected BlkConfig config() {
        return BlkConfig.of(() -> new MemoryBackend(1 << 16)).queues(2).setup(setup());
    }

    /** How the devices of this contract are attached. */
    VirtioSetup setup() {
        return VirtioSetup.DEFAULT.packed();
    }

    /** Those of a disk whose limiter has nothing left. */
    @Override
    protected Optional<HeldRequests<BlkConfig>> held() {
        RateLimiter limiter = RateLimiter.of(RateLimiter.UNLIMITED, 1);
        while (limiter.take(0) == 0) {
            // There is still something.
        }
        Runnable release = () -> limiter.limit(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
        return Optional.of(new HeldRequests<>(() -> config().limiter(limiter), release));
    }

    /** A sector and the status: an error has the status alone. */
    @Override
    protected boolean isDone(List<GuestBuffer> request, long written, GuestMemory memory) {
        return written == 513 && memory.getByte(request.getLast().address()) == BlkGuest.OK;
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(
                GuestBuffer.readable(heap.take(16, 16), 16),
                GuestBuffer.writable(heap.take(512, 512), 512),
                GuestBuffer.writable(heap.put(NO_STATUS), 1));
    }
}
