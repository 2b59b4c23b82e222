// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIrqLevelLayout;
import io.microlith.linux.Errno;
import io.microlith.vmm.event.InterruptLine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** An input of the interrupt controllers in the kernel. Allocates nothing. On a VM that is closed it does nothing. */
final class KvmInterruptLine implements InterruptLine {
    private final KvmFile vm;
    private final int gsi;

    /** Both arguments are made once and only read, so any number of threads may use them. */
    private final MemorySegment high;

    private final MemorySegment low;

    KvmInterruptLine(KvmFile vm, int gsi) {
        this.vm = vm;
        this.gsi = gsi;
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
    public void setLevel(boolean asserted) {
        set(asserted ? high : low);
    }

    private void set(MemorySegment level) {
        int result = vm.tryCall(KvmIoctl.KVM_IRQ_LINE, level);
        if (result < 0 && result != -Errno.EBADF) {
            throw new KvmException(KvmIoctl.KVM_IRQ_LINE.name(), -result, "gsi=" + gsi);
        }
    }
}
