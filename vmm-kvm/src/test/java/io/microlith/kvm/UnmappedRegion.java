// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.linux.Mapping;
import io.microlith.linux.MemFd;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A page of a file that has been cut off: memory that is there for KVM, and faults when it is touched. */
final class UnmappedRegion implements AutoCloseable {
    private static final long PAGE = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemFd empty = MemFd.create("empty", 0);
    private final MemorySegment segment = Mapping.shared(empty, 0, PAGE, arena);

    GuestRegion at(long gpa) {
        return GuestRegion.anonymous(gpa, segment);
    }

    @Override
    public void close() {
        arena.close();
        empty.close();
    }
}
