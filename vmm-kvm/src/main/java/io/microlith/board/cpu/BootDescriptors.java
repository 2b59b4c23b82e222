// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.vmm.memory.GuestMemory;

/**
 * The global descriptor table a kernel finds when it is entered (Intel SDM volume 3, 3.4.5 and 3.5.1). The code and
 * data selectors are those of the Linux boot protocol: {@code __BOOT_CS} 0x10 and {@code __BOOT_DS} 0x18.
 */
public final class BootDescriptors {
    /** Where the table is. */
    public static final long BASE = 0x500;

    /** Code at privilege level 0, 32 or 64 bits wide. */
    public static final int CODE = 0x10;

    /** Data and stack at privilege level 0. */
    public static final int DATA = 0x18;

    /** The task state segment, two entries wide. */
    public static final int TASK = 0x20;

    /** Code at privilege level 3, with its requested privilege level. */
    public static final int USER_CODE = 0x30 | 3;

    /** Data and stack at privilege level 3, with their requested privilege level. */
    public static final int USER_DATA = 0x38 | 3;

    /** The size of the table in bytes. */
    public static final int SIZE = 0x40;

    /**
     * The task state segment's first address. It is empty but for a permission bitmap that opens all ports to level 3.
     */
    public static final long TASK_BASE = 0x1000;

    /** The offset of the last byte of the task state segment. */
    public static final int TASK_LIMIT = 0x68 + 0x2000;

    /** Where a task state segment has the offset of its permission bitmap (Intel SDM volume 3, 8.7). */
    private static final int BITMAP_POINTER = 0x66;

    private static final short BITMAP = 0x68;

    // Access byte, flags and the high limit bits, where a descriptor has them; the limit is all ones.
    private static final long FLAT = 0x000f_0000_0000_ffffL;
    private static final long LONG_CODE = FLAT | 0x00a0_9b00_0000_0000L;
    private static final long WIDE_CODE = FLAT | 0x00c0_9b00_0000_0000L;
    private static final long WIDE_DATA = FLAT | 0x00c0_9300_0000_0000L;
    private static final long PRIVILEGE_3 = 0x0000_6000_0000_0000L;
    private static final long BUSY_TASK = 0x0000_8b00_0000_0000L;

    private BootDescriptors() {}

    /** Writes a table whose code segments are 64 bits wide. */
    public static void writeLong(GuestMemory memory) {
        write(memory, LONG_CODE);
    }

    /** Writes a table whose code segments are 32 bits wide. */
    public static void writeProtected(GuestMemory memory) {
        write(memory, WIDE_CODE);
    }

    private static void write(GuestMemory memory, long code) {
        memory.zero(BASE, SIZE);
        memory.putLong(BASE + CODE, code);
        memory.putLong(BASE + DATA, WIDE_DATA);
        memory.putLong(BASE + TASK, BUSY_TASK | (TASK_BASE << 16) | TASK_LIMIT);
        memory.zero(TASK_BASE, TASK_LIMIT + 1);
        memory.putShort(TASK_BASE + BITMAP_POINTER, BITMAP);
        // The processor reads two bytes at a time, and the last one is to be all ones.
        memory.putByte(TASK_BASE + TASK_LIMIT, (byte) 0xff);
        memory.putLong(BASE + (USER_CODE & ~3), code | PRIVILEGE_3);
        memory.putLong(BASE + (USER_DATA & ~3), WIDE_DATA | PRIVILEGE_3);
    }
}
