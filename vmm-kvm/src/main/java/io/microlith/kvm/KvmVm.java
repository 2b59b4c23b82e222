// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmCap;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIoeventfdLayout;
import io.microlith.kvm.abi.KvmIrqfdLayout;
import io.microlith.kvm.abi.KvmPitConfigLayout;
import io.microlith.kvm.abi.KvmUserspaceMemoryRegionLayout;
import io.microlith.vmm.HypervisorVm;
import io.microlith.vmm.device.IoEvent;
import io.microlith.vmm.event.InterruptLine;
import io.microlith.vmm.event.MsiVector;
import io.microlith.vmm.event.Notifier;
import io.microlith.vmm.event.Registration;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.GuestRegion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A VM of KVM. */
public final class KvmVm implements HypervisorVm {
    private final String id;
    private final KvmHost host;
    private final KvmFile file;
    private volatile @Nullable GuestMemory memory;

    KvmVm(String id, KvmHost host, KvmFile file) {
        this.id = id;
        this.host = host;
        this.file = file;
    }

    @Override
    public String id() {
        return id;
    }

    /** The value of a capability for this VM, 0 if it is missing. */
    public int extension(KvmCap capability) {
        return host.extension(file, capability);
    }

    /**
     * Says where KVM may put three pages that it needs for a guest in real mode on Intel hosts. Before the first vCPU.
     *
     * @param gpa an address below 4 GiB without RAM
     */
    public void setTssAddress(long gpa) {
        file.call(KvmIoctl.KVM_SET_TSS_ADDR, gpa, "gpa=" + hex(gpa));
    }

    /**
     * Says where KVM may put a page table that it needs for a guest without paging on Intel hosts. Before the first
     * vCPU.
     *
     * @param gpa an address below 4 GiB without RAM
     */
    public void setIdentityMapAddress(long gpa) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocateFrom(JAVA_LONG, gpa);
            file.call(KvmIoctl.KVM_SET_IDENTITY_MAP_ADDR, address, "gpa=" + hex(gpa));
        }
    }

    /**
     * Puts the interrupt controllers into the kernel: two 8259As, an I/O APIC, and a local APIC in every vCPU made
     * after this. Before the first vCPU.
     */
    public void createIrqchip() {
        file.call(KvmIoctl.KVM_CREATE_IRQCHIP, 0, "vm=" + id);
    }

    /** Puts the timer chip into the kernel, with its speaker port 0x61. After {@link #createIrqchip}. */
    public void createPit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = arena.allocate(KvmPitConfigLayout.SIZE, Integer.BYTES);
            config.set(JAVA_INT, KvmPitConfigLayout.FLAGS, KvmPitConfigLayout.FLAG_SPEAKER_DUMMY);
            file.call(KvmIoctl.KVM_CREATE_PIT2, config, "vm=" + id);
        }
    }

    @Override
    public void attachMemory(GuestMemory guestMemory) {
        if (memory != null) {
            throw new IllegalStateException("VM " + id + " has memory already");
        }
        int slot = 0;
        for (GuestRegion region : guestMemory.regions()) {
            setMemoryRegion(slot++, region);
        }
        memory = guestMemory;
    }

    private void setMemoryRegion(int slot, GuestRegion region) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment slotted = arena.allocate(KvmUserspaceMemoryRegionLayout.SIZE, Long.BYTES);
            slotted.set(JAVA_INT, KvmUserspaceMemoryRegionLayout.SLOT, slot);
            slotted.set(JAVA_LONG, KvmUserspaceMemoryRegionLayout.GUEST_PHYS_ADDR, region.gpa());
            slotted.set(JAVA_LONG, KvmUserspaceMemoryRegionLayout.MEMORY_SIZE, region.size());
            // NATIVE: the guest reads and writes the whole segment until the VM's last descriptor is closed; the
            // memory's owner keeps it mapped until then.
            slotted.set(
                    JAVA_LONG,
                    KvmUserspaceMemoryRegionLayout.USERSPACE_ADDR,
                    region.segment().address());
            file.call(
                    KvmIoctl.KVM_SET_USER_MEMORY_REGION,
                    slotted,
                    "slot=" + slot + " gpa=" + hex(region.gpa()) + " size=" + hex(region.size()));
        }
    }

    @Override
    public KvmVcpu createVcpu(int index) {
        KvmFile vcpu = file.create(KvmIoctl.KVM_CREATE_VCPU, index, "vm=" + id + " vcpu=" + index);
        try {
            return new KvmVcpu(index, vcpu, host, () -> memory);
        } catch (RuntimeException e) {
            vcpu.close();
            throw e;
        }
    }

    @Override
    public InterruptLine interruptLine(int gsi) {
        return new KvmInterruptLine(file, gsi);
    }

    @Override
    public MsiVector msiVector(long address, int data) {
        return new KvmMsiVector(file, address, data);
    }

    @Override
    public Registration bind(IoEvent event, Notifier notifier) {
        MemorySegment request = Arena.ofAuto().allocate(KvmIoeventfdLayout.SIZE, Long.BYTES);
        request.set(JAVA_LONG, KvmIoeventfdLayout.ADDR, event.range().base());
        request.set(JAVA_INT, KvmIoeventfdLayout.LEN, (int) event.range().size());
        request.set(JAVA_INT, KvmIoeventfdLayout.FD, notifier.fd());
        request.set(JAVA_LONG, KvmIoeventfdLayout.DATAMATCH, event.match().orElse(0));
        int flags = (event.match().isPresent() ? KvmIoeventfdLayout.FLAG_DATAMATCH : 0)
                | (event.space() == IoEvent.Space.PIO ? KvmIoeventfdLayout.FLAG_PIO : 0);
        request.set(JAVA_INT, KvmIoeventfdLayout.FLAGS, flags);
        file.call(KvmIoctl.KVM_IOEVENTFD, request, event.toString());
        request.set(JAVA_INT, KvmIoeventfdLayout.FLAGS, flags | KvmIoeventfdLayout.FLAG_DEASSIGN);
        return new KvmRegistration(file, KvmIoctl.KVM_IOEVENTFD, request);
    }

    @Override
    public Registration bind(int gsi, Notifier notifier) {
        MemorySegment request = Arena.ofAuto().allocate(KvmIrqfdLayout.SIZE, Integer.BYTES);
        request.set(JAVA_INT, KvmIrqfdLayout.FD, notifier.fd());
        request.set(JAVA_INT, KvmIrqfdLayout.GSI, gsi);
        file.call(KvmIoctl.KVM_IRQFD, request, "gsi=" + gsi);
        request.set(JAVA_INT, KvmIrqfdLayout.FLAGS, KvmIrqfdLayout.FLAG_DEASSIGN);
        return new KvmRegistration(file, KvmIoctl.KVM_IRQFD, request);
    }

    @Override
    public void close() {
        file.close();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
