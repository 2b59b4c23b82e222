// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.vsock;

import io.microlith.virtio.setup.VirtioSetup;
import io.microlith.virtio.testkit.GuestBuffer;
import io.microlith.virtio.testkit.GuestHeap;
import io.microlith.virtio.testkit.HeldRequests;
import io.microlith.virtio.testkit.VirtioDeviceContract;
import io.microlith.vmm.device.DeviceFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The contract; its requests are buffers in which the guest receives, of a host that has something for each. */
class VsockPropertyTest extends VirtioDeviceContract<VsockConfig, VsockState> {
    @Override
    protected DeviceFactory<VsockConfig, VsockState> factory() {
        return new VsockFactory();
    }

    @Override
    protected VsockConfig config() {
        return with(ChattyHost::new);
    }

    private VsockConfig with(Supplier<VsockHost> host) {
        return VsockConfig.of().host(host).setup(setup());
    }

    /** There is an event when a machine was restored. */
    @Override
    protected boolean mayKeep(int queue) {
        return queue == VsockLayout.EVENT;
    }

    /** How the devices of this contract are attached. */
    VirtioSetup setup() {
        return VirtioSetup.DEFAULT.packed();
    }

    /** Those of a host that has nothing to say at first. */
    @Override
    protected Optional<HeldRequests<VsockConfig>> held() {
        List<ChattyHost> silent = new ArrayList<>();
        Supplier<VsockHost> source = () -> {
            ChattyHost host = ChattyHost.silent();
            silent.add(host);
            return host;
        };
        return Optional.of(new HeldRequests<>(() -> with(source), () -> silent.forEach(ChattyHost::speak)));
    }

    @Override
    protected List<GuestBuffer> request(GuestHeap heap) {
        return List.of(GuestBuffer.writable(heap.take(44, 16), 44), GuestBuffer.writable(heap.take(64, 16), 64));
    }
}
