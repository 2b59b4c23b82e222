// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.setup;

import io.microlith.virtio.LoopChoice;
import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioFeatures;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.VirtioTransport;
import io.microlith.virtio.mmio.MmioTransport;
import io.microlith.vmm.device.DeviceContext;
import java.util.Optional;

/**
 * What an embedder decides about every virtio device alike. Make one for a VM and give it to all devices'
 * configurations.
 *
 * @param transport how devices meet their drivers
 * @param link how they are served
 */
public record VirtioSetup(VirtioTransport transport, VirtioLink link) {
    /** Virtio over MMIO, split queues, on the VM's loop. */
    public static final VirtioSetup DEFAULT = new VirtioSetup(new MmioTransport(), VirtioLink.DEFAULT);

    /** The same on another transport. */
    public VirtioSetup over(VirtioTransport other) {
        return new VirtioSetup(other, link);
    }

    /** The same on another loop. */
    public VirtioSetup on(LoopChoice loop) {
        return new VirtioSetup(transport, link.on(loop));
    }

    /** The same with packed queues on offer, which drivers then prefer. */
    public VirtioSetup packed() {
        return new VirtioSetup(transport, link.with(VirtioFeatures.RING_PACKED));
    }

    /** Connects a device to its machine. */
    public VirtioPort attach(VirtioDevice device, Optional<VirtioState> saved, DeviceContext context) {
        return transport.attach(device, link, saved, context);
    }
}
