// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmDirtyGfnLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The pages one vCPU wrote, in a ring it shares with the kernel (Documentation/virt/kvm/api.rst,
 * KVM_CAP_DIRTY_LOG_RING). The kernel fills entries and marks them dirty; this side takes them in order and marks them
 * to be reset, which {@link KvmVm#collectDirtyPages} then has the kernel do. One thread at a time.
 */
final class KvmDirtyRing {
    /** Who is told of a page. */
    interface Sink {
        /**
         * A page was written.
         *
         * @param slot the memory slot's number
         * @param page the page's number in the slot
         */
        void written(int slot, long page);
    }

    private static final VarHandle FLAGS = JAVA_INT.varHandle();

    private final MemorySegment ring;
    private final int entries;
    private int next;

    KvmDirtyRing(MemorySegment ring) {
        this.ring = ring;
        this.entries = (int) (ring.byteSize() / KvmDirtyGfnLayout.SIZE);
    }

    /** Takes every entry the kernel has filled. Returns how many. */
    int collect(Sink sink) {
        int taken = 0;
        while (taken < entries) {
            long at = next * KvmDirtyGfnLayout.SIZE;
            // Acquire: the rest of the entry was written before the flag.
            int flags = (int) FLAGS.getAcquire(ring, at + KvmDirtyGfnLayout.FLAGS);
            if ((flags & KvmDirtyGfnLayout.FLAG_DIRTY) == 0) {
                break;
            }
            sink.written(
                    ring.get(JAVA_INT, at + KvmDirtyGfnLayout.SLOT),
                    ring.get(JAVA_LONG, at + KvmDirtyGfnLayout.OFFSET));
            // Release: the entry was read before the kernel may use it again.
            FLAGS.setRelease(ring, at + KvmDirtyGfnLayout.FLAGS, KvmDirtyGfnLayout.FLAG_RESET);
            next = next + 1 == entries ? 0 : next + 1;
            taken++;
        }
        return taken;
    }
}
