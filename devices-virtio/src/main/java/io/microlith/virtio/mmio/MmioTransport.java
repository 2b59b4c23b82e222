// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.mmio;

import io.microlith.virtio.VirtioDevice;
import io.microlith.virtio.VirtioLink;
import io.microlith.virtio.VirtioPort;
import io.microlith.virtio.VirtioState;
import io.microlith.virtio.VirtioTransport;
import io.microlith.vmm.device.DeviceContext;
import java.util.Optional;

/**
 * Virtio over MMIO (VIRTIO 1.2, 4.2): each device has a page of registers and an interrupt, and the guest finds it in
 * the firmware tables, under the ACPI id LNRO0005. Needs no PCI.
 */
public final class MmioTransport implements VirtioTransport {
    /** Makes the transport. */
    public MmioTransport() {}

    @Override
    public String name() {
        return "mmio";
    }

    @Override
    public VirtioPort attach(VirtioDevice device, VirtioLink link, Optional<VirtioState> saved, DeviceContext context) {
        return new MmioPort(device, link, saved.map(state -> MmioState.of(state, name())), context);
    }
}
