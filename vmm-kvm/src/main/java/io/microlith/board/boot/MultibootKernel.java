// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;

/**
 * A kernel of the Multiboot Specification 0.6.96, version 1: entered in 32-bit protected mode, with a magic number in
 * {@code eax} and the address of the multiboot information in {@code ebx}. It is loaded by its ELF program headers, or,
 * if its multiboot header has addresses, by those.
 */
final class MultibootKernel implements KernelImage {
    private static final long ENTRY_MAGIC = 0x2badb002L;

    private final Loader loader;

    private MultibootKernel(Loader loader) {
        this.loader = loader;
    }

    /** One of the two ways to load the kernel. */
    private sealed interface Loader {
        /** The checked entry point. */
        long entry();

        /** Loads, and returns the end of what was loaded. */
        long load(BootMemory places);
    }

    private record ElfLoader(ElfFile elf) implements Loader {
        @Override
        public long entry() {
            return elf.entry();
        }

        @Override
        public long load(BootMemory places) {
            return elf.load(places);
        }
    }

    /**
     * By the addresses of the multiboot header.
     *
     * @param offset where in the file what is loaded begins
     * @param length how much of the file is loaded
     * @param bss how many bytes behind it are zero
     */
    private record FlatLoader(ImageFile file, long offset, long base, long length, long bss, long entry)
            implements Loader {
        static FlatLoader of(ImageFile file, MultibootHeader header, MultibootHeader.Addresses addresses) {
            long offset = header.offset() - (addresses.header() - addresses.load());
            if (addresses.header() < addresses.load() || offset < 0) {
                throw broken(file, "is loaded from before the file's start");
            }
            long length = addresses.loadEnd() == 0 ? file.size() - offset : addresses.loadEnd() - addresses.load();
            if (length <= 0) {
                throw broken(file, "ends before it begins");
            }
            long bss = addresses.bssEnd() == 0 ? 0 : addresses.bssEnd() - addresses.load() - length;
            if (bss < 0) {
                throw broken(file, "has a bss segment that ends before it begins");
            }
            long entry = addresses.entry();
            if (entry < addresses.load() || entry >= addresses.load() + length) {
                throw broken(file, "starts at 0x" + Long.toHexString(entry) + ", outside of what is loaded");
            }
            return new FlatLoader(file, offset, addresses.load(), length, bss, entry);
        }

        private static ConfigException broken(ImageFile file, String problem) {
            return file.broken("is a broken multiboot kernel: by its header's addresses it " + problem);
        }

        @Override
        public long load(BootMemory places) {
            AddressRange range = places.claim(file, "image", base, length + bss);
            file.copy("image", offset, length, places.memory(), base);
            places.memory().zero(base + length, bss);
            return range.last() + 1;
        }
    }

    static MultibootKernel of(ImageFile file, MultibootHeader header) {
        Loader loader = header.addresses()
                .<Loader>map(given -> FlatLoader.of(file, header, given))
                .orElseGet(() -> elf(file));
        return new MultibootKernel(loader);
    }

    private static ElfLoader elf(ImageFile file) {
        if (!ElfFile.matches(file)) {
            throw file.broken("is a broken multiboot kernel: neither an ELF file nor one whose header has addresses");
        }
        ElfFile elf = ElfFile.parse(file);
        if (elf.is64()) {
            throw file.broken("is a 64-bit ELF file, and multiboot starts 32-bit code: give the header addresses, or"
                    + " link it as 32-bit ELF");
        }
        return new ElfLoader(elf);
    }

    @Override
    public String kind() {
        return "multiboot";
    }

    @Override
    public EntryState load(BootContext context, BootFiles files) {
        GuestMemory memory = context.memory();
        BootMemory places = new BootMemory(context);
        long end = loader.load(places);
        CommandLine.write(files.commandLine(), CommandLine.LONGEST, memory);
        MultibootModules.load(files.modules(), places, Math.max(end, BootLayout.HIGH_MEMORY));
        MultibootInfo.write(context, places, files.modules().size());
        return EntryState.protected32(loader.entry()).withRax(ENTRY_MAGIC).withRbx(BootLayout.START_INFO.base());
    }
}
