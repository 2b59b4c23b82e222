// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a multiboot kernel is told: the information structure of section 3.3 of the Multiboot Specification 0.6.96, with
 * the fields this machine has something for. There is no boot device: the kernel did not come from a BIOS disk, and the
 * field "must not be present" then.
 */
final class MultibootInfo {
    private static final int HAS_MEMORY = 1;
    private static final int HAS_COMMAND_LINE = 1 << 2;
    private static final int HAS_MODULES = 1 << 3;
    private static final int HAS_MEMORY_MAP = 1 << 6;
    private static final int HAS_LOADER_NAME = 1 << 9;

    private static final int LOADER_NAME = 0x80;

    /** An entry of the memory map with the word before it that says its size, which does not count itself. */
    private static final int ENTRY_SIZE = 24;

    private static final long LARGEST = 0xffff_ffffL;

    private MultibootInfo() {}

    /** Writes the structure to where {@link BootLayout} has it; command line and modules are where they are. */
    static void write(BootContext context, BootMemory places, int modules) {
        int base = (int) BootLayout.START_INFO.base();
        ByteBuffer info =
                ByteBuffer.allocate((int) BootLayout.START_INFO.size()).order(ByteOrder.LITTLE_ENDIAN);
        info.putInt(0, HAS_MEMORY | HAS_COMMAND_LINE | HAS_MODULES | HAS_MEMORY_MAP | HAS_LOADER_NAME);
        info.putInt(4, kibibytes(places.conventionalEnd()));
        info.putInt(8, kibibytes(places.highMemoryEnd() - BootLayout.HIGH_MEMORY));
        info.putInt(16, (int) BootLayout.COMMAND_LINE.base());
        info.putInt(20, modules);
        info.putInt(24, (int) BootLayout.MODULES.base());
        info.putInt(44, context.memoryMap().size() * ENTRY_SIZE);
        info.putInt(48, base + BootLayout.MEMORY_MAP_OFFSET);
        info.putInt(64, base + LOADER_NAME);
        info.put(LOADER_NAME, CommandLine.encode("kernel", "Microlith"));
        int at = BootLayout.MEMORY_MAP_OFFSET;
        for (E820Entry entry : context.memoryMap()) {
            info.putInt(at, ENTRY_SIZE - Integer.BYTES);
            info.putLong(at + 4, entry.base());
            info.putLong(at + 12, entry.size());
            info.putInt(at + 20, entry.type().code());
            at += ENTRY_SIZE;
        }
        context.memory().write(base, info.array());
    }

    private static int kibibytes(long bytes) {
        return (int) Math.min(bytes >> 10, LARGEST);
    }
}
