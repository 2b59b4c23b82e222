// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What Linux is told in its 64-bit boot protocol: {@code struct boot_params} of {@code asm/bootparam.h}, with the setup
 * header in it. Offsets are those of that file and of {@code Documentation/arch/x86/boot.rst}.
 */
final class ZeroPage {
    static final int SETUP_HEADER = 0x1f1;
    static final int SYS_SIZE = 0x1f4;
    static final int BOOT_FLAG = 0x1fe;
    static final int JUMP_LENGTH = 0x201;
    static final int HEADER = 0x202;
    static final int VERSION = 0x206;
    static final int TYPE_OF_LOADER = 0x210;
    static final int LOADFLAGS = 0x211;
    static final int CODE32_START = 0x214;
    static final int RAMDISK_IMAGE = 0x218;
    static final int RAMDISK_SIZE = 0x21c;
    static final int CMD_LINE_PTR = 0x228;
    static final int INITRD_ADDR_MAX = 0x22c;
    static final int KERNEL_ALIGNMENT = 0x230;
    static final int RELOCATABLE_KERNEL = 0x234;
    static final int XLOADFLAGS = 0x236;
    static final int CMDLINE_SIZE = 0x238;
    static final int PREF_ADDRESS = 0x258;
    static final int INIT_SIZE = 0x260;

    /** Where the setup header ends at the latest: {@code edd_mbr_sig_buffer} follows. */
    static final int SETUP_HEADER_LIMIT = 0x290;

    /** {@code boot_flag} of any kernel since the first. */
    static final short BOOT_FLAG_VALUE = (short) 0xaa55;

    /** {@code "HdrS"}. */
    static final int HEADER_VALUE = 0x53726448;

    /** Protocol 2.12, of Linux 3.8: the first with a 64-bit entry point. */
    static final int VERSION_2_12 = 0x20c;

    private static final int ACPI_RSDP_ADDR = 0x070;
    private static final int EXT_RAMDISK_IMAGE = 0x0c0;
    private static final int EXT_RAMDISK_SIZE = 0x0c4;
    private static final int E820_ENTRIES = 0x1e8;
    private static final int VID_MODE = 0x1fa;
    private static final int E820_TABLE = 0x2d0;

    /** A loader without a number of its own. */
    private static final byte UNDEFINED_LOADER = (byte) 0xff;

    /** The video mode that is there. */
    private static final short NORMAL_VIDEO = (short) 0xffff;

    private static final byte LOADED_HIGH = 1;

    private final ByteBuffer page =
            ByteBuffer.allocate((int) BootLayout.ZERO_PAGE.size()).order(ByteOrder.LITTLE_ENDIAN);

    private ZeroPage() {}

    /**
     * Begins with the setup header of a bzImage, and only that: what is before it in the file is not for this page, and
     * the kernel distrusts a page where it is.
     *
     * @param start the first bytes of the file, at least up to {@link #SETUP_HEADER_LIMIT}
     */
    static ZeroPage of(ByteBuffer start) {
        ZeroPage zeroPage = new ZeroPage();
        int end = Math.min(HEADER + Byte.toUnsignedInt(start.get(JUMP_LENGTH)), SETUP_HEADER_LIMIT);
        zeroPage.page.put(SETUP_HEADER, start, SETUP_HEADER, end - SETUP_HEADER);
        return zeroPage;
    }

    /** Begins with a setup header for a kernel whose file has none. */
    static ZeroPage ofElf() {
        ZeroPage zeroPage = new ZeroPage();
        zeroPage.page.putShort(BOOT_FLAG, BOOT_FLAG_VALUE);
        zeroPage.page.putInt(HEADER, HEADER_VALUE);
        zeroPage.page.putShort(VERSION, (short) VERSION_2_12);
        zeroPage.page.put(LOADFLAGS, LOADED_HIGH);
        return zeroPage;
    }

    /** Says where the 32-bit code was loaded, which only those look at who come by way of it. */
    void codeAt(long address) {
        page.putInt(CODE32_START, (int) address);
    }

    /** Adds the machine, the command line and the initrd, and writes the page to where {@link BootLayout} has it. */
    void write(BootContext context, Optional<AddressRange> initrd) {
        page.put(TYPE_OF_LOADER, UNDEFINED_LOADER);
        page.putShort(VID_MODE, NORMAL_VIDEO);
        page.putInt(CMD_LINE_PTR, (int) BootLayout.COMMAND_LINE.base());
        page.putLong(ACPI_RSDP_ADDR, context.rsdp());
        initrd.ifPresent(this::putInitrd);
        page.put(E820_ENTRIES, (byte) context.memoryMap().size());
        int at = E820_TABLE;
        for (E820Entry entry : context.memoryMap()) {
            page.putLong(at, entry.base());
            page.putLong(at + 8, entry.size());
            page.putInt(at + 16, entry.type().code());
            at += 20;
        }
        context.memory().write(BootLayout.ZERO_PAGE.base(), page.array());
    }

    private void putInitrd(AddressRange initrd) {
        page.putInt(RAMDISK_IMAGE, (int) initrd.base());
        page.putInt(RAMDISK_SIZE, (int) initrd.size());
        page.putInt(EXT_RAMDISK_IMAGE, (int) (initrd.base() >>> 32));
        page.putInt(EXT_RAMDISK_SIZE, (int) (initrd.size() >>> 32));
    }
}
