// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.Mapping;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.PageBacking;
import io.microlith.vmm.memory.RegionMemory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** {@link RestoreStrategy#MAPPED}. */
final class FileMapping implements RestoreStrategy {
    @Override
    public MachineMemory map(Snapshot snapshot, String name, PageBacking backing) {
        if (backing == PageBacking.HUGE_2M) {
            throw new ConfigException(
                    "pages", "a file that is mapped has pages of 4 KiB: restore eagerly to have others");
        }
        MemoryImage image = snapshot.memory();
        Arena arena = Arena.ofShared();
        boolean mapped = false;
        try (Fd file = Fd.open(image.file(), Fd.O_RDONLY)) {
            List<GuestRegion> regions = new ArrayList<>();
            long place = 0;
            for (AddressRange range : image.ranges()) {
                regions.add(GuestRegion.anonymous(range.base(), Mapping.copyOnWrite(file, place, range.size(), arena)));
                place += range.size();
            }
            CopyOnWrite memory = new CopyOnWrite(arena, new RegionMemory(regions));
            mapped = true;
            return memory;
        } catch (SystemCallException e) {
            throw new SnapshotException(image.file(), "its memory cannot be mapped: " + e.getMessage(), e);
        } finally {
            if (!mapped) {
                arena.close();
            }
        }
    }

    /** {@code mapped}. */
    @Override
    public String toString() {
        return "mapped";
    }

    private record CopyOnWrite(Arena arena, GuestMemory memory) implements MachineMemory {
        @Override
        public void close() {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        }
    }
}
