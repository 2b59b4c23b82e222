// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;

/**
 * What the firmware tables tell the guest about a device that it cannot find by itself.
 *
 * @param hardwareId the ACPI id a driver binds to, such as {@code LNRO0005}
 * @param mmio its memory-mapped ranges
 * @param pio its port ranges
 * @param interrupts the global system interrupts it raises
 */
public record FirmwareNode(
        String hardwareId, List<AddressRange> mmio, List<AddressRange> pio, List<Interrupt> interrupts) {
    /** Copies the lists. */
    public FirmwareNode {
        mmio = List.copyOf(mmio);
        pio = List.copyOf(pio);
        interrupts = List.copyOf(interrupts);
    }
}
