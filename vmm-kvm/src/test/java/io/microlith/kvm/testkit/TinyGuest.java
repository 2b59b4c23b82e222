// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.testkit;

import io.microlith.kvm.CpuidEntry;
import io.microlith.kvm.DescriptorTable;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.kvm.KvmRegisters;
import io.microlith.kvm.KvmSpecialRegisters;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.KvmVm;
import io.microlith.kvm.Segment;
import io.microlith.vmm.bus.AddressRange;
import io.microlith.vmm.memory.GuestMemory;
import io.microlith.vmm.memory.MappedMemory;
import io.microlith.vmm.memory.PageBacking;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A VM with one vCPU, 2 MiB of RAM at 0, and a few bytes of code at {@link #CODE}, bound to the calling thread. Closes
 * all of it.
 */
public final class TinyGuest implements AutoCloseable {
    /** Where the code is. */
    public static final long CODE = 0x10000;

    /** The top of the stack. */
    public static final long STACK = 0x20000;

    /** How much RAM there is, from 0. */
    public static final long RAM = 2 << 20;

    /** An address without RAM that the guest's page tables map. */
    public static final long MMIO = 0xd000_0000L;

    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long GDT = 0x3000;
    private static final long TSS = 0x4000;

    /** Four page directories after one another. */
    private static final long PD = 0x5000;

    private static final long IDT = 0x9000;

    private final List<CpuidEntry> cpuid;
    private final MappedMemory mapped;
    private final KvmVm vm;
    private final KvmVcpu vcpu;

    /** Makes a guest without interrupt controllers. */
    public TinyGuest(KvmHypervisor kvm) {
        this(kvm, _ -> {});
    }

    /** Prepares the VM before its vCPU is made: with interrupt controllers, say. */
    public TinyGuest(KvmHypervisor kvm, Consumer<KvmVm> prepare) {
        cpuid = kvm.supportedCpuid();
        mapped = MappedMemory.map("tiny", List.of(new AddressRange(0, RAM)), PageBacking.SMALL);
        vm = kvm.createVm("tiny");
        vm.attachMemory(mapped.memory());
        prepare.accept(vm);
        vcpu = vm.createVcpu(0);
        vcpu.bindToThread();
    }

    /** The VM. */
    public KvmVm vm() {
        return vm;
    }

    /** Its vCPU. */
    public KvmVcpu vcpu() {
        return vcpu;
    }

    /** Its RAM. */
    public GuestMemory memory() {
        return mapped.memory();
    }

    /** Changes general registers. */
    public TinyGuest registers(UnaryOperator<KvmRegisters> change) {
        var _ = change.apply(new KvmRegisters().load(vcpu)).store(vcpu);
        return this;
    }

    /** Starts in real mode, with all segments at zero but CS, at {@link #CODE}. */
    public TinyGuest realMode(String code) {
        load(code);
        KvmSpecialRegisters special = new KvmSpecialRegisters().load(vcpu);
        special.cs(Segment.real((int) (CODE >> 4), Segment.CODE));
        special.dataSegments(Segment.real(0, Segment.DATA)).store(vcpu);
        new KvmRegisters().rip(0).rsp(0x8000).store(vcpu);
        return this;
    }

    /** Starts in 64-bit mode at level 3, where a software KVM runs the guest's code as it is. */
    public TinyGuest user(String code) {
        return longMode(vcpu, 3, code);
    }

    /** Starts in 64-bit mode at level 0. */
    public TinyGuest supervisor(String code) {
        return longMode(vcpu, 0, code);
    }

    /**
     * Starts a vCPU in 64-bit mode at a privilege level. The first 4 GiB are mapped one to one, and the guest may
     * access ports at any level.
     */
    public TinyGuest longMode(KvmVcpu which, int privilege, String code) {
        load(code);
        mapFourGib();
        if (which.cpuid().isEmpty()) {
            // A processor that is said to have no long mode is refused it, since Linux 6.12 or so.
            which.cpuid(cpuid);
        }
        KvmSpecialRegisters special = new KvmSpecialRegisters().load(which);
        special.cr3(PML4).cr4(special.cr4() | 0x620).cr0(0x8000_0033L).efer(0x500);
        special.cs(Segment.code64(0x08).withPrivilege(privilege));
        special.dataSegments(Segment.data(0x10).withPrivilege(privilege));
        special.tr(Segment.tss(0x18, TSS, 0x67)).gdt(new DescriptorTable(GDT, 0x2f));
        special.store(which);
        memory().putLong(GDT + 0x08, 0x00af_9b00_0000_ffffL);
        memory().putLong(GDT + 0x10, 0x00cf_9300_0000_ffffL);
        new KvmRegisters().rip(CODE).rsp(STACK).rflags(0x3002).rbx(MMIO).store(which);
        return this;
    }

    /** Has an interrupt vector of a guest in 64-bit mode, level 0, end at an address. */
    public TinyGuest interruptGate(int vector, long handler) {
        long gate = IDT + 16L * vector;
        long low = handler & 0xffff | 0x08 << 16 | 0x8e00L << 32 | (handler >> 16 & 0xffff) << 48;
        memory().putLong(gate, low);
        memory().putLong(gate + 8, handler >>> 32);
        new KvmSpecialRegisters()
                .load(vcpu)
                .idt(new DescriptorTable(IDT, 0xfff))
                .store(vcpu);
        return this;
    }

    /** Puts bytes at {@link #CODE}: hexadecimal, with or without spaces. */
    public TinyGuest load(String code) {
        memory().write(CODE, HexFormat.of().parseHex(code.replaceAll("\\s", "")));
        return this;
    }

    private void mapFourGib() {
        // Present, writable, user; in the last level also 2 MiB.
        memory().putLong(PML4, PDPT | 7);
        for (int gib = 0; gib < 4; gib++) {
            memory().putLong(PDPT + 8L * gib, (PD + 0x1000L * gib) | 7);
        }
        for (int page = 0; page < 2048; page++) {
            memory().putLong(PD + 8L * page, ((long) page << 21) | 0x87);
        }
    }

    @Override
    public void close() {
        vcpu.unbindFromThread();
        vcpu.close();
        vm.close();
        mapped.close();
    }
}
