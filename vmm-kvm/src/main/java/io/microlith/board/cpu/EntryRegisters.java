// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.cpu;

import io.microlith.board.boot.EntryState;
import io.microlith.kvm.DescriptorTable;
import io.microlith.kvm.KvmRegisters;
import io.microlith.kvm.KvmSpecialRegisters;
import io.microlith.kvm.KvmVcpu;
import io.microlith.kvm.Segment;

/** Puts the boot processor into the state a boot protocol asks for. The tables it needs are {@link EntryTables}. */
public final class EntryRegisters {
    // CR0, CR4, EFER: Intel SDM volume 3, 2.5 and 2.2.1.
    private static final long CR0_PE = 1;
    private static final long CR0_MP = 1 << 1;
    private static final long CR0_ET = 1 << 4;
    private static final long CR0_NE = 1 << 5;
    private static final long CR0_WP = 1 << 16;
    private static final long CR0_PG = 1L << 31;
    private static final long CR4_PAE = 1 << 5;
    private static final long CR4_OSFXSR = 1 << 9;
    private static final long CR4_OSXMMEXCPT = 1 << 10;
    private static final long EFER_LME = 1 << 8;
    private static final long EFER_LMA = 1 << 10;

    /**
     * Opens all ports to level 3. A KVM that does not run on virtualization hardware reads the permission bitmap
     * instead.
     */
    private static final long RFLAGS_IOPL_3 = 3 << 12;

    private static final long RFLAGS_RESERVED = 1 << 1;

    private static final int USER = 3;

    private EntryRegisters() {}

    /** Writes the registers. On the vCPU's thread; the vCPU is in its power-on state. */
    public static void enter(KvmVcpu vcpu, EntryState entry) {
        KvmSpecialRegisters special = new KvmSpecialRegisters().load(vcpu);
        switch (entry.mode()) {
            case REAL_16 -> real(special, entry.codeSegment());
            case PROTECTED_32 -> {
                flat(special, Segment.code32(BootDescriptors.CODE));
                special.cr0(CR0_PE | CR0_ET);
            }
            case LONG_64 -> {
                flat(special, Segment.code64(BootDescriptors.CODE));
                paged(special);
            }
            case LONG_64_USER -> {
                flat(special, Segment.code64(BootDescriptors.CODE));
                special.cs(Segment.code64(BootDescriptors.USER_CODE).withPrivilege(USER));
                special.dataSegments(Segment.data(BootDescriptors.USER_DATA).withPrivilege(USER));
                paged(special);
            }
        }
        special.store(vcpu);
        new KvmRegisters()
                .rip(entry.rip())
                .rsp(entry.rsp())
                .rax(entry.rax())
                .rbx(entry.rbx())
                .rsi(entry.rsi())
                .rdi(entry.rdi())
                .rflags(RFLAGS_RESERVED
                        | switch (entry.mode()) {
                            case LONG_64_USER -> RFLAGS_IOPL_3;
                            default -> 0;
                        })
                .store(vcpu);
    }

    private static void real(KvmSpecialRegisters special, int segment) {
        special.cs(Segment.real(segment, Segment.CODE)).dataSegments(Segment.real(segment, Segment.DATA));
    }

    private static void flat(KvmSpecialRegisters special, Segment code) {
        special.cs(code)
                .dataSegments(Segment.data(BootDescriptors.DATA))
                .tr(Segment.tss(BootDescriptors.TASK, BootDescriptors.TASK_BASE, BootDescriptors.TASK_LIMIT))
                .gdt(new DescriptorTable(BootDescriptors.BASE, BootDescriptors.SIZE - 1))
                .idt(new DescriptorTable(0, 0));
    }

    private static void paged(KvmSpecialRegisters special) {
        special.cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_PG)
                .cr3(PageTables.BASE)
                .cr4(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT)
                .efer(EFER_LME | EFER_LMA);
    }
}
