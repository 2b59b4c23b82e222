// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Linux as it is installed: a compressed kernel behind a boot sector and code that unpacks it, started by the 64-bit
 * boot protocol of {@code Documentation/arch/x86/boot.rst}. The boot sector and the real-mode code stay unused.
 */
final class BzImageKernel implements KernelImage {
    private static final int SECTOR = 512;

    /** What an old kernel means by a count of 0. */
    private static final int DEFAULT_SETUP_SECTORS = 4;

    private static final int PARAGRAPH = 16;

    /** {@code LOADED_HIGH} of {@code loadflags}: a bzImage, not a zImage. */
    private static final int LOADED_HIGH = 1;

    /** {@code XLF_KERNEL_64} of {@code xloadflags}: there is a 64-bit entry point. */
    private static final int KERNEL_64 = 1;

    /** {@code XLF_CAN_BE_LOADED_ABOVE_4G}: the initrd can be anywhere. */
    private static final int ABOVE_4G = 1 << 1;

    /** Where 64-bit code begins in what is loaded. */
    private static final long ENTRY_64 = 0x200;

    private final ImageFile file;

    /** The file up to the end of the setup header. */
    private final ByteBuffer start;

    private BzImageKernel(ImageFile file, ByteBuffer start) {
        this.file = file;
        this.start = start;
    }

    /** Whether a file has the two magic numbers of a kernel since protocol 2.00. */
    static boolean matches(ImageFile file) {
        if (file.size() < ZeroPage.VERSION) {
            return false;
        }
        ByteBuffer magic = file.read("boot sector", 0, ZeroPage.VERSION);
        return magic.getShort(ZeroPage.BOOT_FLAG) == ZeroPage.BOOT_FLAG_VALUE
                && magic.getInt(ZeroPage.HEADER) == ZeroPage.HEADER_VALUE;
    }

    /** Reads and checks the setup header of a file that {@link #matches}. */
    static BzImageKernel parse(ImageFile file) {
        BzImageKernel kernel = new BzImageKernel(file, file.read("setup header", 0, ZeroPage.SETUP_HEADER_LIMIT));
        int version = kernel.word(ZeroPage.VERSION);
        if (version < ZeroPage.VERSION_2_12) {
            throw file.broken("has boot protocol " + (version >> 8) + "." + (version & 0xff)
                    + ", and 2.12 is needed: take Linux 3.8 or later");
        }
        if ((kernel.start.get(ZeroPage.LOADFLAGS) & LOADED_HIGH) == 0) {
            throw file.broken("is a zImage, for the first MiB: build a bzImage");
        }
        if ((kernel.word(ZeroPage.XLOADFLAGS) & KERNEL_64) == 0) {
            throw file.broken("has no 64-bit entry point: build it with CONFIG_X86_64");
        }
        return kernel;
    }

    private int word(int offset) {
        return Short.toUnsignedInt(start.getShort(offset));
    }

    private long doubleWord(int offset) {
        return Integer.toUnsignedLong(start.getInt(offset));
    }

    @Override
    public String kind() {
        return "Linux bzImage";
    }

    @Override
    public EntryState load(BootContext context, BootFiles files) {
        GuestMemory memory = context.memory();
        BootMemory places = new BootMemory(context);
        long address = loadKernel(places);
        CommandLine.write(files.commandLine(), doubleWord(ZeroPage.CMDLINE_SIZE), memory);
        Optional<AddressRange> initrd = Initrd.load(files.modules(), places, initrdLimits());
        ZeroPage zeroPage = ZeroPage.of(start);
        zeroPage.codeAt(address);
        zeroPage.write(context, initrd);
        return EntryState.long64(address + ENTRY_64).withRsi(BootLayout.ZERO_PAGE.base());
    }

    /** Copies the protected-mode code, and sets the memory apart in which it unpacks the kernel. */
    private long loadKernel(BootMemory places) {
        long offset = payloadOffset();
        long length = doubleWord(ZeroPage.SYS_SIZE) * PARAGRAPH;
        if (length <= ENTRY_64) {
            throw file.broken("is broken: its setup header says that there is no kernel in it");
        }
        long address = address();
        long runs = isRelocatable() ? address : preferredAddress();
        long first = Math.min(address, runs);
        long end = Math.max(address + length, runs + doubleWord(ZeroPage.INIT_SIZE));
        places.claim(file, "kernel, unpacked,", first, end - first);
        file.copy("kernel", offset, length, places.memory(), address);
        return address;
    }

    private long payloadOffset() {
        int sectors = Byte.toUnsignedInt(start.get(ZeroPage.SETUP_HEADER));
        return (1L + (sectors == 0 ? DEFAULT_SETUP_SECTORS : sectors)) * SECTOR;
    }

    /**
     * Where the code is loaded. A relocatable kernel runs at the next multiple of its alignment, but not below its
     * preferred address, which is therefore as low as makes sense. Others move themselves from the traditional address.
     */
    private long address() {
        if (!isRelocatable()) {
            return BootLayout.HIGH_MEMORY;
        }
        long alignment = doubleWord(ZeroPage.KERNEL_ALIGNMENT);
        if (Long.bitCount(alignment) != 1) {
            throw file.broken("is broken: an alignment of 0x" + Long.toHexString(alignment) + " is no power of two");
        }
        return (preferredAddress() + (alignment - 1)) & -alignment;
    }

    private boolean isRelocatable() {
        return start.get(ZeroPage.RELOCATABLE_KERNEL) != 0;
    }

    private long preferredAddress() {
        long preferred = start.getLong(ZeroPage.PREF_ADDRESS);
        if (Long.compareUnsigned(preferred, BootLayout.REACHABLE) >= 0) {
            throw file.broken("is to run at 0x" + Long.toHexString(preferred) + ": not below 4 GiB, where a kernel can"
                    + " be started");
        }
        return preferred == 0 ? BootLayout.HIGH_MEMORY : preferred;
    }

    /** Below what the header says, as ever; else anywhere, if the kernel says that it finds an initrd there too. */
    private long[] initrdLimits() {
        long limit = doubleWord(ZeroPage.INITRD_ADDR_MAX) + 1;
        boolean anywhere = (word(ZeroPage.XLOADFLAGS) & ABOVE_4G) != 0;
        return anywhere ? new long[] {limit, Long.MAX_VALUE} : new long[] {limit};
    }
}
