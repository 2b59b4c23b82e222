// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.DataExtents;
import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** {@link RestoreStrategy#EAGER}. */
final class EagerRead implements RestoreStrategy {
    @Override
    public MachineMemory map(Snapshot snapshot, String name, PageBacking backing) {
        MemoryImage image = snapshot.memory();
        MappedMemory memory = MappedMemory.map(name, image.ranges(), backing);
        boolean read = false;
        try (Fd file = Fd.open(image.file(), Fd.O_RDONLY)) {
            image.checkSize(file);
            long place = 0;
            for (GuestRegion region : memory.memory().regions()) {
                read(file, region.segment(), place);
                place += region.size();
            }
            read = true;
            return memory;
        } catch (SystemCallException | IOException e) {
            throw new SnapshotException(image.file(), "its memory cannot be read: " + e.getMessage(), e);
        } finally {
            if (!read) {
                memory.close();
            }
        }
    }

    private static void read(Fd file, MemorySegment into, long place) throws IOException {
        DataExtents.visit(
                file,
                place,
                place + into.byteSize(),
                (begin, end) -> PosixIo.readFully(file, into.asSlice(begin - place, end - begin), begin));
    }

    /** {@code eager}. */
    @Override
    public String toString() {
        return "eager";
    }
}
