// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import java.util.List;

/**
 * Where things are in the first MiB when a kernel is entered.
 *
 * <pre>
 *  0x0_0000  real-mode vectors and BIOS data, untouched
 *  0x0_0500  descriptor tables             written by the board
 *  0x0_6000  start info                    PVH's, or multiboot's
 *  0x0_7000  zero page                     struct boot_params
 *  0x0_8000  stack                         4 KiB
 *  0x0_9000  page tables                   written by the board
 *  0x1_0000  modules                       their list and strings, multiboot's
 *  0x2_0000  command line                  at most 64 KiB with its terminating zero
 *  0x3_0000  free: kernels may be linked to here
 *  0x9_fc00  end of conventional memory    the memory map says where
 *  0xe_0000  firmware tables               written by the board
 * 0x10_0000  kernels
 * </pre>
 */
public final class BootLayout {
    /** Descriptor tables and what belongs to them. */
    public static final AddressRange DESCRIPTOR_TABLES = new AddressRange(0x500, 0xb00);

    /** The start info of PVH or multiboot; the memory map is {@link #MEMORY_MAP_OFFSET} into it. */
    public static final AddressRange START_INFO = new AddressRange(0x6000, 0x1000);

    /** Linux's {@code struct boot_params}. */
    public static final AddressRange ZERO_PAGE = new AddressRange(0x7000, 0x1000);

    /** The stack a kernel is entered with. */
    public static final AddressRange STACK = new AddressRange(0x8000, 0x1000);

    /** Page tables that map the first 4 GiB to themselves. */
    public static final AddressRange PAGE_TABLES = new AddressRange(0x9000, 0x7000);

    /** The list of multiboot modules, and then their strings. */
    public static final AddressRange MODULES = new AddressRange(0x1_0000, 0x1_0000);

    /** The command line. */
    public static final AddressRange COMMAND_LINE = new AddressRange(0x2_0000, 0x1_0000);

    /** Firmware tables. */
    public static final AddressRange FIRMWARE_TABLES = new AddressRange(0xe_0000, 0x2_0000);

    /** All of the above but the firmware tables: no kernel of a boot protocol with structures is loaded here. */
    public static final AddressRange BOOT_STRUCTURES = new AddressRange(0, 0x3_0000);

    /** Where kernels go that can go anywhere: beyond the first MiB. */
    public static final long HIGH_MEMORY = 0x10_0000;

    /** What the boot page tables and 32-bit code can reach. */
    public static final long REACHABLE = 1L << 32;

    static final long STACK_TOP = STACK.base() + STACK.size();

    /** Leaves 512 bytes for the start info and PVH's list of modules. */
    static final int MEMORY_MAP_OFFSET = 0x200;

    /** The structures one boot may use, for the test that keeps them apart. */
    static final List<AddressRange> STRUCTURES = List.of(
            DESCRIPTOR_TABLES, START_INFO, ZERO_PAGE, STACK, PAGE_TABLES, MODULES, COMMAND_LINE, FIRMWARE_TABLES);

    private BootLayout() {}
}
