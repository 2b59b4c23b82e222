// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIrqLevelLayout;
import io.microlith.linux.Errno;
import io.microlith.vmm.event.InterruptLine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A line to an input of the interrupt controllers in the kernel, which is high while any line to it is. Allocates
 * nothing. On a VM that is closed it does nothing.
 */
final class KvmInterruptLine implements InterruptLine {
    private final KvmFile vm;
    private final int gsi;
    private final Wire wire;

    /** Guarded by the wire. */
    private boolean asserted;

    /** Both arguments are made once and only read, so any number of threads may use them. */
    private final MemorySegment high;

    private final MemorySegment low;

    /** What all lines to one input have in common. */
    static final class Wire {
        /** How many hold it high; guarded by this. */
        private int holders;
    }

    KvmInterruptLine(KvmFile vm, int gsi, Wire wire) {
        this.vm = vm;
        this.gsi = gsi;
        this.wire = wire;
        high = level(gsi, 1);
        low = level(gsi, 0);
    }

    private static MemorySegment level(int gsi, int level) {
        MemorySegment segment = Arena.ofAuto().allocate(KvmIrqLevelLayout.SIZE, Integer.BYTES);
        segment.set(JAVA_INT, KvmIrqLevelLayout.IRQ, gsi);
        segment.set(JAVA_INT, KvmIrqLevelLayout.LEVEL, level);
        return segment;
    }

    @Override
    public void trigger() {
        set(high);
        set(low);
    }

    @Override
    public void setLevel(boolean level) {
        synchronized (wire) {
            if (level != asserted) {
                asserted = level;
                wire.holders += level ? 1 : -1;
            }
            set(wire.holders > 0 ? high : low);
        }
    }

    private void set(MemorySegment level) {
        int result = vm.tryCall(KvmIoctl.KVM_IRQ_LINE, level);
        if (result < 0 && result != -Errno.EBADF) {
            throw new KvmException(KvmIoctl.KVM_IRQ_LINE.name(), -result, "gsi=" + gsi);
        }
    }
}
