// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import java.util.Optional;

/**
 * Linux as it is linked, {@code vmlinux}: entered where its ELF header says, in the state of the 64-bit boot protocol,
 * which is what the code that unpacks a bzImage does too.
 */
final class ElfKernel implements KernelImage {
    private final ElfFile elf;

    ElfKernel(ElfFile elf) {
        this.elf = elf;
    }

    @Override
    public String kind() {
        return "Linux ELF";
    }

    @Override
    public EntryState load(BootContext context, BootFiles files) {
        BootMemory places = new BootMemory(context);
        long entry = elf.entry();
        var _ = elf.load(places);
        CommandLine.write(files.commandLine(), CommandLine.LONGEST_OF_LINUX, context.memory());
        Optional<AddressRange> initrd = Initrd.load(files.modules(), places, Initrd.USUAL_LIMIT, BootLayout.REACHABLE);
        ZeroPage.ofElf().write(context, initrd);
        return EntryState.long64(entry).withRsi(BootLayout.ZERO_PAGE.base());
    }
}
