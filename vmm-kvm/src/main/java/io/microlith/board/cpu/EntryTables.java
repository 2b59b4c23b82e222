// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.board.boot.CpuMode;
import io.microlith.vmm.memory.GuestMemory;

/** The descriptor and page tables that {@link EntryRegisters} points the boot processor to. */
public final class EntryTables {
    private EntryTables() {}

    /** Writes those of a mode. Before the boot processor is started in it. */
    public static void write(GuestMemory memory, CpuMode mode) {
        switch (mode) {
            case REAL_16 -> {}
            case PROTECTED_32 -> BootDescriptors.writeProtected(memory);
            case LONG_64 -> {
                BootDescriptors.writeLong(memory);
                PageTables.writeSupervisor(memory);
            }
            case LONG_64_USER -> {
                BootDescriptors.writeLong(memory);
                PageTables.writeUser(memory);
            }
        }
    }
}
