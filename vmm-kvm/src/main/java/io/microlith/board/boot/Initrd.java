// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.Size;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Linux's initial RAM disk: one file, as high in memory as the kernel takes it, out of the way of what it unpacks. */
final class Initrd {
    /**
     * The highest address, and one, of Linux for x86-64 where an image does not say: {@code INITRD_ADDR_MAX} of
     * {@code asm/boot.h}.
     */
    static final long USUAL_LIMIT = 0x8000_0000L;

    private Initrd() {}

    /**
     * Loads what the first module names, if there is one.
     *
     * @param limits addresses to stay below, tried one after the other
     * @return where it is, or empty if there is none
     */
    static Optional<AddressRange> load(List<BootModule> modules, BootMemory memory, long... limits) {
        if (modules.isEmpty()) {
            return Optional.empty();
        }
        BootModule module = modules.getFirst();
        try (ImageFile file = ImageFile.open(module.setting(), module.path())) {
            long size = file.size();
            long base = place(file, memory, limits);
            file.copy("content", 0, size, memory.memory(), base);
            return Optional.of(new AddressRange(base, size));
        }
    }

    private static long place(ImageFile file, BootMemory memory, long... limits) {
        for (long limit : limits) {
            OptionalLong base = memory.claimHighest("the initrd", file.size(), limit);
            if (base.isPresent()) {
                return base.getAsLong();
            }
        }
        throw file.broken("does not fit: " + file.size() + " bytes beside the kernel, and the machine has "
                + Size.bytes(memory.memory().size()) + ": give it more memory");
    }
}
