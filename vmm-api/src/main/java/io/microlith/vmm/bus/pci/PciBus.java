// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;

/**
 * A PCI bus as a device uses it: a place on it, and the addresses the guest gives to the device's BARs. Any thread.
 *
 * <p>A device that has BARs passes what its {@link PciBarListener} hears on to {@link #mapMemory} and
 * {@link #mapPorts}.
 */
public interface PciBus {
    /**
     * Puts a device at the lowest free device number, as its function 0.
     *
     * @return where that is
     * @throws io.microlith.vmm.error.ConfigException if the bus is full
     */
    PciAddress attach(PciDevice device);

    /**
     * Puts a function at a place of the embedder's choice. Drivers look for functions other than 0 only where function
     * 0 is there and says that it has siblings.
     *
     * @throws io.microlith.vmm.error.ConfigException if the place is taken, or not on this bus
     */
    void attach(PciAddress address, PciDevice device);

    /**
     * Takes a function off. A vCPU may still be inside it until its current exit is over.
     *
     * @return whether there was one
     */
    boolean detach(PciAddress address);

    /**
     * The global system interrupt that a pin of a device is wired to: level-triggered, and shared with pins of other
     * devices. The device claims it as it would any input.
     *
     * @param pin not {@link PciPin#NONE}
     */
    int gsi(PciAddress address, PciPin pin);

    /**
     * Makes a memory BAR answer where the guest has put it. Where something else answers, that goes on to do so, and
     * the BAR does once the place is free. A {@link PciPlacedDevice} hears when that is.
     *
     * @return whether it answers; if not, the guest chose addresses that the bus does not forward, or that are taken
     */
    boolean mapMemory(AddressRange range, MmioDevice handler);

    /** Takes back one {@link #mapMemory} of the same arguments. Without effect if there was none. */
    void unmapMemory(AddressRange range, MmioDevice handler);

    /** Makes a port BAR answer where the guest has put it, as {@link #mapMemory} does. */
    boolean mapPorts(AddressRange range, PioDevice handler);

    /** Takes back one {@link #mapPorts} of the same arguments. Without effect if there was none. */
    void unmapPorts(AddressRange range, PioDevice handler);
}
