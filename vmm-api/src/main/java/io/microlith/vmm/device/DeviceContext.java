// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.bus.pci.PciBus;
import io.microlith.vmm.event.EventLoop;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiRoute;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;

/**
 * The machine as one device sees it while it is being made: where it takes its addresses and interrupts from. What is
 * taken belongs to the device until the VM is closed.
 *
 * <p>Claims that clash with another device's throw {@link io.microlith.vmm.error.ConfigException}.
 */
public interface DeviceContext {
    /** The name the device has in this VM. */
    DeviceId id();

    /** The name of the VM, for logs and recordings. */
    String vm();

    /** The guest's memory. */
    GuestMemory memory();

    /** The loop the device shares with the VM's other devices. It runs from build to close. */
    EventLoop eventLoop();

    /** What the guest can make the device ask of the whole machine. */
    VmControl control();

    /** Answers at a fixed range of guest-physical addresses. */
    void mapMmio(AddressRange range, MmioDevice handler);

    /**
     * Answers at a range of guest-physical addresses of the board's choice.
     *
     * @param size bytes, a power of two; the range is aligned to it
     */
    AddressRange mapMmio(long size, MmioDevice handler);

    /**
     * Shows the guest memory of the device's own, beside its RAM: at addresses that nothing else has, in whole pages.
     * No access to it is an exit. The memory stays mapped until this is taken back or the VM is closed.
     *
     * @return to be closed to take it away from the guest again
     * @throws io.microlith.vmm.error.HypervisorException if the host refuses
     */
    Registration mapMemory(GuestRegion region);

    /**
     * Shows the guest memory that it cannot change, as {@link #mapMemory} shows what it can. What it writes there goes
     * nowhere, and takes an exit.
     *
     * @return to be closed to take it away from the guest again
     * @throws io.microlith.vmm.error.HypervisorException if the host refuses
     */
    Registration mapReadOnlyMemory(GuestRegion region);

    /**
     * Takes guest-physical addresses beside RAM, of the board's choice, to show memory at: as many as a window for
     * registers could not have. The same for each machine that is put together in the same way.
     *
     * @param size bytes
     * @param alignment of the first address, a power of two
     */
    AddressRange claimMemory(long size, long alignment);

    /** Answers at a fixed range of ports. */
    void mapPio(AddressRange range, PioDevice handler);

    /** Takes a given interrupt input. An edge-triggered one is taken once; level-triggered ones can be shared. */
    InterruptLine claim(Interrupt interrupt);

    /** Takes a free interrupt input of the board's choice. */
    Interrupt claimFree(Trigger trigger);

    /** The line of an input taken before. */
    InterruptLine line(Interrupt interrupt);

    /** Rings {@code notifier} whenever the guest makes a certain write, with no exit to user space. */
    Registration bind(IoEvent event, Notifier notifier);

    /** Raises an edge-triggered input whenever {@code notifier} is rung, with no system call by the device. */
    Registration bind(Interrupt interrupt, Notifier notifier);

    /**
     * Takes a message-signalled interrupt, which the device closes when it is closed itself.
     *
     * @throws io.microlith.vmm.error.HypervisorException if the host has none left
     */
    MsiRoute msiRoute();

    /**
     * The PCI bus.
     *
     * @throws io.microlith.vmm.error.ConfigException if the board has none
     */
    PciBus pciBus();

    /** Has the firmware tables describe the device. */
    void describe(FirmwareNode node);
}
