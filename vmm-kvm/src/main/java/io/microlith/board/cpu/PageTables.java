// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Page tables that map the first 4 GiB onto themselves in 2 MiB pages (Intel SDM volume 3, 4.5): what a kernel finds
 * when it is entered in long mode.
 */
public final class PageTables {
    /** Where the top table is: the value for CR3. */
    public static final long BASE = 0x9000;

    /** The first address after the last table. */
    public static final long END = BASE + 6 * 0x1000;

    private static final long POINTERS = BASE + 0x1000;
    private static final long DIRECTORIES = BASE + 0x2000;

    private static final long PRESENT_WRITABLE = 0b11;
    private static final long USER = 1 << 2;
    private static final long LARGE = 1 << 7;

    private static final ValueLayout.OfLong ENTRY = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int ENTRIES = 512;
    private static final int ENTRY_SIZE = 8;
    private static final long PAGE_SIZE_2M = 2L << 20;
    private static final int MAPPED_GIB = 4;

    private PageTables() {}

    /** Writes tables for code at privilege level 0. */
    public static void writeSupervisor(GuestMemory memory) {
        write(memory, PRESENT_WRITABLE);
    }

    /** Writes tables for code at any privilege level. */
    public static void writeUser(GuestMemory memory) {
        write(memory, PRESENT_WRITABLE | USER);
    }

    private static void write(GuestMemory memory, long flags) {
        memory.zero(BASE, END - BASE);
        memory.putLong(BASE, POINTERS | flags);
        for (int gib = 0; gib < MAPPED_GIB; gib++) {
            memory.putLong(POINTERS + (long) gib * ENTRY_SIZE, (DIRECTORIES + gib * 0x1000L) | flags);
        }
        // In one piece: entry by entry, this would be a tenth of a small VM's start.
        long[] pages = new long[MAPPED_GIB * ENTRIES];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = (i * PAGE_SIZE_2M) | flags | LARGE;
        }
        MemorySegment directories = memory.slice(DIRECTORIES, (long) pages.length * ENTRY_SIZE);
        MemorySegment.copy(pages, 0, directories, ENTRY, 0, pages.length);
    }
}
