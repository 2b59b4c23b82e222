// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.util.Optional;
import java.util.OptionalLong;

/** A kernel file of a kind that is known, open, with its headers read and nothing loaded yet. */
sealed interface KernelImage permits BzImageKernel, ElfKernel, MultibootKernel, PvhKernel {
    /** The kind in a few words. */
    String kind();

    /** Loads the kernel and what is given to it, as {@link BootProtocol#load}. */
    EntryState load(BootContext context, BootFiles files);

    /**
     * Finds out what a file is.
     *
     * <p>An ELF file can be several things. A PVH note was put there on purpose and is the quickest way into Linux. A
     * multiboot header comes next, in what it can load: 32-bit files, and any that say where they are loaded. What is
     * left is Linux if it is of 64 bits.
     *
     * @throws io.microlith.vmm.error.ConfigException if it is no kernel, or broken
     */
    static KernelImage detect(ImageFile file) {
        if (BzImageKernel.matches(file)) {
            return BzImageKernel.parse(file);
        }
        if (ElfFile.matches(file)) {
            return detect(file, ElfFile.parse(file));
        }
        return MultibootHeader.find(file)
                .<KernelImage>map(header -> MultibootKernel.of(file, header))
                .orElseThrow(() -> UnknownImage.problem(file));
    }

    private static KernelImage detect(ImageFile file, ElfFile elf) {
        OptionalLong pvh = ElfNotes.pvhEntry(file, elf);
        if (pvh.isPresent()) {
            return new PvhKernel(elf, pvh.getAsLong());
        }
        Optional<MultibootHeader> multiboot =
                MultibootHeader.find(file).filter(header -> header.hasAddresses() || !elf.is64());
        if (multiboot.isPresent()) {
            return MultibootKernel.of(file, multiboot.get());
        }
        if (!elf.is64()) {
            throw file.broken("is a 32-bit ELF file with neither a PVH note nor a multiboot header: not a kernel that"
                    + " can be started");
        }
        if (elf.segments().stream().anyMatch(segment -> segment.type() == ElfSegment.PT_INTERP)) {
            throw file.broken("is a program, dynamically linked, for an operating system: not a kernel");
        }
        return new ElfKernel(elf);
    }
}
