// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MemoryLayer;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.PrivateMemory;

/** {@link RestoreStrategy#MAPPED}. */
final class FileMapping implements RestoreStrategy {
    @Override
    public MachineMemory map(Snapshot snapshot, String name, PageBacking backing) {
        if (backing == PageBacking.HUGE_2M) {
            throw new ConfigException(
                    "pages", "a file that is mapped has pages of 4 KiB: restore eagerly to have others");
        }
        try (MemoryLayer layer = layer(snapshot.memory())) {
            return PrivateMemory.on(layer);
        }
    }

    /** The content of an image's file, as long as it stays as it is. */
    static MemoryLayer layer(MemoryImage image) {
        try {
            return MemoryLayer.of(Fd.open(image.file(), Fd.O_RDONLY), image.ranges());
        } catch (SystemCallException e) {
            throw new SnapshotException(image.file(), "its memory cannot be mapped: " + e.getMessage(), e);
        }
    }

    /** {@code mapped}. */
    @Override
    public String toString() {
        return "mapped";
    }
}
