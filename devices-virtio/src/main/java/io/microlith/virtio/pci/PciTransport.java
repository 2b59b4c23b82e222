// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.pci;

import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.VirtioTransport;
import io.microlith.vmm.device.DeviceContext;
import java.util.Optional;

/**
 * Virtio over PCI (VIRTIO 1.2, 4.1): each device is a function on the bus, with a message-signalled interrupt for each
 * queue and one for the configuration, and a pin for drivers that do not use them. There is no legacy interface.
 *
 * <p>A device on it has at most two regions of shared memory.
 */
public final class PciTransport implements VirtioTransport {
    /** Makes the transport. */
    public PciTransport() {}

    @Override
    public String name() {
        return PciPort.TRANSPORT;
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.microlith.vmm.error.ConfigException if the board has no PCI bus, or no room on it
     */
    @Override
    public VirtioPort attach(VirtioDevice device, VirtioLink link, Optional<VirtioState> saved, DeviceContext context) {
        PciLayout layout = PciLayout.of(device);
        return new PciPort(device, link, saved.map(state -> PciState.of(state, name(), layout)), layout, context);
    }
}
