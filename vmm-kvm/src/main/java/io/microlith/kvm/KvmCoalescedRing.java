// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCoalescedMmioLayout;
import io.microlith.kvm.abi.KvmCoalescedMmioRingLayout;
import io.microlith.vmm.device.IoEvent;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** The ring of collected writes: one page of a VM, which shows in the run mapping of each of its vCPUs. */
final class KvmCoalescedRing {
    private static final VarHandle INDEX = JAVA_INT.varHandle();

    private final MemorySegment page;
    private final Object sharedByVm;
    private final int entries;

    /** Takes the page, and a lock that all views of the same page have in common. */
    KvmCoalescedRing(MemorySegment page, Object sharedByVm) {
        this.page = page;
        this.sharedByVm = sharedByVm;
        this.entries = (int) ((page.byteSize() - KvmCoalescedMmioRingLayout.SIZE) / KvmCoalescedMmioLayout.SIZE);
    }

    int drain(CoalescedWrite sink) {
        synchronized (sharedByVm) {
            int taken = 0;
            int first = page.get(JAVA_INT, KvmCoalescedMmioRingLayout.FIRST);
            // Acquire: the entries up to it were written before.
            int last = (int) INDEX.getAcquire(page, KvmCoalescedMmioRingLayout.LAST);
            while (first != last) {
                deliver(first, sink);
                first = (first + 1) % entries;
                // Release: the entry was read before the kernel may use it again.
                INDEX.setRelease(page, KvmCoalescedMmioRingLayout.FIRST, first);
                taken++;
            }
            return taken;
        }
    }

    private void deliver(int index, CoalescedWrite sink) {
        long at = KvmCoalescedMmioRingLayout.COALESCED_MMIO + index * KvmCoalescedMmioLayout.SIZE;
        int size = page.get(JAVA_INT, at + KvmCoalescedMmioLayout.LEN);
        long data = page.get(JAVA_LONG, at + KvmCoalescedMmioLayout.DATA) & (-1L >>> (Long.SIZE - Byte.SIZE * size));
        boolean port = page.get(JAVA_INT, at + KvmCoalescedMmioLayout.PIO) != 0;
        sink.write(
                port ? IoEvent.Space.PIO : IoEvent.Space.MMIO,
                page.get(JAVA_LONG, at + KvmCoalescedMmioLayout.PHYS_ADDR),
                size,
                data);
    }
}
