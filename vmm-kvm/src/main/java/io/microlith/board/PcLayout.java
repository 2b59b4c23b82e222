// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

import io.microlith.board.pci.PciHostBridge;
import io.microlith.board.pci.PciWindows;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.Optional;

/**
 * Where things are in the guest-physical address space of the PC board.
 *
 * <pre>
 *  0x0000_0000  RAM                        (below 1 MiB: see BootLayout)
 *  0x000e_0000    firmware tables, 124 KiB
 *  0x000f_f000    what the machine's generation is
 *  0x0010_0000    RAM goes on, up to 3 GiB
 *  0xc000_0000  hole: nothing answers here but devices
 *  0xc000_0000    windows of PCI devices, 256 MiB
 *  0xd000_0000    device windows of the board's choice, 256 MiB
 *  0xe000_0000    PCI configuration space (ECAM), one bus
 *  0xfec0_0000    I/O APIC
 *  0xfee0_0000    local APICs
 *  0xfeff_c000    pages that KVM needs on Intel processors
 * 0x1_0000_0000  RAM beyond 3 GiB
 * 0x20_0000_0000 memory of devices' own, up to 256 GiB, or from where RAM ends if that is higher
 * 0x40_0000_0000 windows of PCI devices, 256 GiB, if RAM ends below
 * </pre>
 */
final class PcLayout {
    private static final long GIB = 1L << 30;

    /** What firmware has to itself: the BIOS area. */
    static final AddressRange FIRMWARE = new AddressRange(0xe_0000, 0x2_0000);

    /** The firmware tables, where systems look for an RSDP. */
    static final AddressRange TABLES = new AddressRange(0xe_0000, 0x1_f000);

    /** The machine's generation, in a page of its own: a guest maps it. */
    static final AddressRange GENERATION = new AddressRange(0xf_f000, 16);

    /** The first address that is no conventional memory: the end of what a PC's first 640 KiB leave usable. */
    static final long CONVENTIONAL_END = 0x9_fc00;

    /** The first address beyond the first MiB. */
    static final long HIGH_MEMORY = 0x10_0000;

    /** The hole below 4 GiB. */
    static final AddressRange HOLE = new AddressRange(3 * GIB, GIB);

    /** Windows for devices that do not care where they are. */
    static final AddressRange WINDOWS = new AddressRange(0xd000_0000L, 0x1000_0000);

    /** Where the BARs of PCI devices can be for every guest. */
    private static final AddressRange PCI_PORTS = new AddressRange(0xc000, 0x4000);

    private static final AddressRange PCI_LOW = new AddressRange(0xc000_0000L, 0x1000_0000);

    /** Where large ones can be besides: the upper half of what the smallest x86-64 processors address. */
    private static final AddressRange PCI_HIGH = new AddressRange(256 * GIB, 256 * GIB);

    /**
     * Where memory of devices' own begins: low enough for the smallest processors, and beyond the RAM of most guests.
     */
    private static final long MEMORY_BASE = 128 * GIB;

    /** PCI configuration space: one bus. */
    static final AddressRange ECAM = new AddressRange(0xe000_0000L, PciHostBridge.ECAM_SIZE);

    /** Where KVM may put the identity map and the task state segment that Intel processors need in real mode. */
    static final long IDENTITY_MAP = 0xfeff_c000L;

    static final long TASK_STATE = 0xfeff_d000L;

    private static final long ABOVE_4G = 4 * GIB;

    /** Below this a kernel, its tables and the boot structures do not fit in any case. */
    private static final long SMALLEST = 2L << 20;

    /** Physical addresses of the smallest x86-64 processors that are of use. */
    private static final int ADDRESS_BITS = 39;

    private static final long LARGEST = (1L << ADDRESS_BITS) - GIB;

    private PcLayout() {}

    /** The ranges of a given amount of RAM. */
    static List<AddressRange> ram(Size memory) {
        long bytes = memory.bytes();
        if (bytes < SMALLEST) {
            throw new ConfigException("memory", memory + " is too little for a PC: at least " + Size.bytes(SMALLEST));
        }
        if (bytes > LARGEST) {
            throw new ConfigException("memory", memory + " is too much for a PC: at most " + Size.bytes(LARGEST));
        }
        if (bytes <= HOLE.base()) {
            return List.of(new AddressRange(0, bytes));
        }
        return List.of(new AddressRange(0, HOLE.base()), new AddressRange(ABOVE_4G, bytes - HOLE.base()));
    }

    /**
     * Where the BARs of PCI devices can be.
     *
     * @param addressBits how wide physical addresses are
     */
    static PciWindows pciWindows(Size memory, int addressBits) {
        boolean roomAbove = ram(memory).getLast().last() < PCI_HIGH.base() && addressBits >= ADDRESS_BITS;
        List<AddressRange> ranges = roomAbove ? List.of(PCI_LOW, PCI_HIGH) : List.of(PCI_LOW);
        return new PciWindows(List.of(PCI_PORTS), ranges);
    }

    /**
     * Where memory of devices' own can be, beside RAM; empty if there is no room.
     *
     * @param addressBits how wide physical addresses are
     */
    static Optional<AddressRange> deviceMemory(Size memory, int addressBits) {
        long base = Math.max(MEMORY_BASE, ram(memory).getLast().last() + 1);
        return addressBits >= ADDRESS_BITS && base < PCI_HIGH.base()
                ? Optional.of(new AddressRange(base, PCI_HIGH.base() - base))
                : Optional.empty();
    }
}
