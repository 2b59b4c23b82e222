// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.FirmwareNode;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;

/**
 * A board's books: which device has which addresses and interrupts, and what the firmware tables are to say of each.
 * Used by one thread, the one that assembles the machine.
 *
 * <p>What cannot be given is refused with {@link io.microlith.vmm.error.ConfigException}.
 */
public interface DeviceResources {
    /** Notes guest-physical addresses that a device chose itself. The bus refuses those of another device. */
    void claim(DeviceId device, AddressRange range);

    /**
     * Finds guest-physical addresses that nobody has.
     *
     * @param size bytes, a power of two; the range is aligned to it
     */
    AddressRange claimFree(DeviceId device, long size);

    /**
     * Finds guest-physical addresses that nobody has, and that are beside RAM, for memory.
     *
     * @param size bytes
     * @param alignment of the first address, a power of two
     */
    AddressRange claimMemory(DeviceId device, long size, long alignment);

    /** Gives a device an interrupt input, which it shares only if both sides are level-triggered. */
    void claim(DeviceId device, Interrupt interrupt);

    /** Gives a device an interrupt input that nobody has. */
    Interrupt claimFree(DeviceId device, Trigger trigger);

    /** The PCI bus for a device; refused if the board has none. */
    PciBus pciBus(DeviceId device);

    /** Has the firmware tables say something of a device. */
    void describe(FirmwareNode node);
}
