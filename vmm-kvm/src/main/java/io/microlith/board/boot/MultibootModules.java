// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import io.microlith.vmm.error.ConfigException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalLong;

/**
 * The modules of a multiboot kernel: each on pages of its own, as low behind the kernel as possible, since kernels tend
 * to map only the first few MiB before they look for them. Section 3.3 of the Multiboot Specification 0.6.96.
 */
final class MultibootModules {
    private static final int ENTRY_SIZE = 16;

    /** The list takes a page then, and strings the rest. */
    private static final int MOST = 256;

    /** The list, and behind it the strings, as they will be in memory. */
    private final ByteBuffer list =
            ByteBuffer.allocate((int) BootLayout.MODULES.size()).order(ByteOrder.LITTLE_ENDIAN);

    private MultibootModules(int count) {
        list.position(count * ENTRY_SIZE);
    }

    /** Loads modules from {@code from} on, and writes their list to where {@link BootLayout} has it. */
    static void load(List<BootModule> modules, BootMemory places, long from) {
        if (modules.size() > MOST) {
            throw new ConfigException("module", modules.size() + " are too many: at most " + MOST);
        }
        MultibootModules written = new MultibootModules(modules.size());
        int at = 0;
        for (BootModule module : modules) {
            written.load(module, at, places, from);
            at += ENTRY_SIZE;
        }
        places.memory().write(BootLayout.MODULES.base(), written.list.array(), 0, written.list.position());
    }

    private void load(BootModule module, int at, BootMemory places, long from) {
        byte[] string = CommandLine.encode(module.setting(), module.commandLine());
        if (string.length > list.remaining()) {
            throw new ConfigException(
                    module.setting(), "the strings of all modules are longer than " + BootLayout.MODULES.size());
        }
        try (ImageFile file = ImageFile.open(module.setting(), module.path())) {
            OptionalLong place = places.claimLowest("a module", file.size(), from);
            long base = place.orElseThrow(() -> file.broken(
                    "does not fit behind the kernel: " + file.size() + " bytes: give the machine more memory"));
            file.copy("content", 0, file.size(), places.memory(), base);
            list.putInt(at, (int) base);
            list.putInt(at + 4, (int) (base + file.size()));
            list.putInt(at + 8, (int) BootLayout.MODULES.base() + list.position());
            list.put(string);
        }
    }
}
