// SPDX-License-Identifier: Apache-2.0
package io.microlith.snapshot;

import io.microlith.linux.Fd;
import io.microlith.linux.PosixIo;
import io.microlith.linux.SystemCallException;
import io.microlith.vmm.memory.GuestRegion;
import io.microlith.vmm.memory.MachineMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** {@link RestoreStrategy#EAGER}. */
final class EagerRead implements RestoreStrategy {
    /** The most that is read at once. */
    private static final long CHUNK = 64L << 20;

    @Override
    public MachineMemory map(MemoryImage image, String name, PageBacking backing) {
        MappedMemory memory = MappedMemory.map(name, image.ranges(), backing);
        boolean read = false;
        try (Fd file = Fd.open(image.file(), Fd.O_RDONLY)) {
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
                (begin, end) -> readFully(file, into.asSlice(begin - place, end - begin), begin));
    }

    private static void readFully(Fd file, MemorySegment into, long place) throws EOFException {
        long done = 0;
        while (done < into.byteSize()) {
            long count = PosixIo.read(file, into.asSlice(done, Math.min(CHUNK, into.byteSize() - done)), place + done);
            if (count == 0) {
                throw new EOFException("it was cut short");
            }
            done += count;
        }
    }

    /** {@code eager}. */
    @Override
    public String toString() {
        return "eager";
    }
}
