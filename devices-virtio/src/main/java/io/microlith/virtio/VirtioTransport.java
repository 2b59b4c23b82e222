// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

import io.microlith.vmm.device.DeviceContext;
import java.util.Optional;

/** How the devices of a VM meet their drivers. Chosen once for a VM; has no state of its own. */
public interface VirtioTransport {
    /** What it is called in options and saved states, such as {@code mmio}. */
    String name();

    /**
     * Connects a device to the machine: takes addresses and interrupts for it, and lets the guest find it.
     *
     * @param device what to connect; called back from here on
     * @param link how it is to be served
     * @param saved what it was connected as, or empty for a device at power-on
     * @param context the machine
     * @throws io.microlith.vmm.error.InvalidStateException if the saved state breaks a rule; nothing is left behind
     */
    VirtioPort attach(VirtioDevice device, VirtioLink link, Optional<VirtioState> saved, DeviceContext context);
}
