// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * An ELF kernel with the note of Xen's PVH boot protocol: entered in 32-bit protected mode, with the address of a
 * {@code struct hvm_start_info} in {@code ebx}. The structures are those of Xen's
 * {@code public/arch-x86/hvm/start_info.h}.
 */
final class PvhKernel implements KernelImage {
    private static final int MAGIC = 0x336ec578;

    /** The version with a memory map. */
    private static final int VERSION = 1;

    private static final int MODULE_LIST = 0x40;
    private static final int MODULE_SIZE = 32;
    private static final int MEMORY_MAP_ENTRY_SIZE = 24;

    private final ElfFile elf;
    private final long entry;

    PvhKernel(ElfFile elf, long entry) {
        this.elf = elf;
        this.entry = entry;
    }

    @Override
    public String kind() {
        return "PVH ELF";
    }

    @Override
    public EntryState load(BootContext context, BootFiles files) {
        BootMemory places = new BootMemory(context);
        long start = elf.entry(entry);
        var _ = elf.load(places);
        CommandLine.write(files.commandLine(), CommandLine.LONGEST_OF_LINUX, context.memory());
        Optional<AddressRange> initrd = Initrd.load(files.modules(), places, Initrd.USUAL_LIMIT, BootLayout.REACHABLE);
        context.memory().write(BootLayout.START_INFO.base(), startInfo(context, initrd));
        return EntryState.protected32(start).withRbx(BootLayout.START_INFO.base());
    }

    private static byte[] startInfo(BootContext context, Optional<AddressRange> initrd) {
        ByteBuffer info =
                ByteBuffer.allocate((int) BootLayout.START_INFO.size()).order(ByteOrder.LITTLE_ENDIAN);
        long base = BootLayout.START_INFO.base();
        List<E820Entry> map = context.memoryMap();
        info.putInt(0, MAGIC);
        info.putInt(4, VERSION);
        initrd.ifPresent(module -> {
            info.putInt(12, 1);
            info.putLong(16, base + MODULE_LIST);
            putModule(info.slice(MODULE_LIST, MODULE_SIZE).order(ByteOrder.LITTLE_ENDIAN), module);
        });
        info.putLong(24, BootLayout.COMMAND_LINE.base());
        info.putLong(32, context.rsdp());
        info.putLong(40, base + BootLayout.MEMORY_MAP_OFFSET);
        info.putInt(48, map.size());
        int at = BootLayout.MEMORY_MAP_OFFSET;
        for (E820Entry area : map) {
            info.putLong(at, area.base());
            info.putLong(at + 8, area.size());
            info.putInt(at + 16, area.type().code());
            at += MEMORY_MAP_ENTRY_SIZE;
        }
        return info.array();
    }

    private static void putModule(ByteBuffer entry, AddressRange module) {
        entry.putLong(0, module.base());
        entry.putLong(8, module.size());
    }
}
