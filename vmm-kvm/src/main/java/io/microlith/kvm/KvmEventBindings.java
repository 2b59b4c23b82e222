// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCoalescedMmioZoneLayout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIoeventfdLayout;
import io.microlith.kvm.abi.KvmIrqfdLayout;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Ties eventfds and address ranges to a VM in the kernel. */
final class KvmEventBindings {
    private KvmEventBindings() {}

    static Registration ioeventfd(KvmFile vm, IoEvent event, Notifier notifier) {
        MemorySegment request = Arena.ofAuto().allocate(KvmIoeventfdLayout.SIZE, Long.BYTES);
        request.set(JAVA_LONG, KvmIoeventfdLayout.ADDR, event.range().base());
        request.set(JAVA_INT, KvmIoeventfdLayout.LEN, (int) event.range().size());
        request.set(JAVA_INT, KvmIoeventfdLayout.FD, notifier.fd());
        request.set(JAVA_LONG, KvmIoeventfdLayout.DATAMATCH, event.match().orElse(0));
        int flags = (event.match().isPresent() ? KvmIoeventfdLayout.FLAG_DATAMATCH : 0)
                | (event.space() == IoEvent.Space.PIO ? KvmIoeventfdLayout.FLAG_PIO : 0);
        request.set(JAVA_INT, KvmIoeventfdLayout.FLAGS, flags);
        vm.call(KvmIoctl.KVM_IOEVENTFD, request, event::toString);
        request.set(JAVA_INT, KvmIoeventfdLayout.FLAGS, flags | KvmIoeventfdLayout.FLAG_DEASSIGN);
        return new KvmRegistration(vm, KvmIoctl.KVM_IOEVENTFD, request);
    }

    static Registration irqfd(KvmFile vm, int gsi, Notifier notifier) {
        return irqfd(vm, irqfd(gsi, notifier), () -> "gsi=" + gsi);
    }

    static Registration irqfdWithResample(KvmFile vm, int gsi, Notifier notifier, Notifier resample) {
        MemorySegment request = irqfd(gsi, notifier);
        request.set(JAVA_INT, KvmIrqfdLayout.FLAGS, KvmIrqfdLayout.FLAG_RESAMPLE);
        request.set(JAVA_INT, KvmIrqfdLayout.RESAMPLEFD, resample.fd());
        return irqfd(vm, request, () -> "gsi=" + gsi + " resample");
    }

    private static MemorySegment irqfd(int gsi, Notifier notifier) {
        MemorySegment request = Arena.ofAuto().allocate(KvmIrqfdLayout.SIZE, Integer.BYTES);
        request.set(JAVA_INT, KvmIrqfdLayout.FD, notifier.fd());
        request.set(JAVA_INT, KvmIrqfdLayout.GSI, gsi);
        return request;
    }

    private static Registration irqfd(KvmFile vm, MemorySegment request, Supplier<String> detail) {
        vm.call(KvmIoctl.KVM_IRQFD, request, detail);
        request.set(JAVA_INT, KvmIrqfdLayout.FLAGS, KvmIrqfdLayout.FLAG_DEASSIGN);
        return new KvmRegistration(vm, KvmIoctl.KVM_IRQFD, request);
    }

    static Registration coalescedZone(KvmFile vm, IoEvent.Space space, AddressRange range) {
        MemorySegment zone = Arena.ofAuto().allocate(KvmCoalescedMmioZoneLayout.SIZE, Long.BYTES);
        zone.set(JAVA_LONG, KvmCoalescedMmioZoneLayout.ADDR, range.base());
        zone.set(JAVA_INT, KvmCoalescedMmioZoneLayout.SIZE_FIELD, Math.toIntExact(range.size()));
        zone.set(JAVA_INT, KvmCoalescedMmioZoneLayout.PIO, space == IoEvent.Space.PIO ? 1 : 0);
        vm.call(KvmIoctl.KVM_REGISTER_COALESCED_MMIO, zone, () -> space + " " + range);
        return new KvmRegistration(vm, KvmIoctl.KVM_UNREGISTER_COALESCED_MMIO, zone);
    }
}
