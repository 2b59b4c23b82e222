// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.microlith.kvm.abi.KvmDtableLayout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmSegmentLayout;
import io.microlith.kvm.abi.KvmSregsLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The special registers of a vCPU, to be changed and stored: a copy, of which {@link #load} and {@link #store} move all
 * values at once. Load before storing: what is not set here keeps the value the vCPU had. Not for two threads at a
 * time.
 */
public final class KvmSpecialRegisters {
    private final MemorySegment sregs = Arena.ofAuto().allocate(KvmSregsLayout.SIZE, Long.BYTES);

    /** Makes registers that are all zero. */
    public KvmSpecialRegisters() {}

    /** Reads the registers of a vCPU. On its thread, or while it does not run. */
    public KvmSpecialRegisters load(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_GET_SREGS, sregs, vcpu::detail);
        return this;
    }

    /** Writes the registers of a vCPU. On its thread, or while it does not run. */
    public KvmSpecialRegisters store(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_SET_SREGS, sregs, vcpu::detail);
        return this;
    }

    /** CS. */
    public Segment cs() {
        return segment(KvmSregsLayout.CS);
    }

    /** Sets CS. */
    public KvmSpecialRegisters cs(Segment value) {
        return segment(KvmSregsLayout.CS, value);
    }

    /** DS. */
    public Segment ds() {
        return segment(KvmSregsLayout.DS);
    }

    /** Sets DS. */
    public KvmSpecialRegisters ds(Segment value) {
        return segment(KvmSregsLayout.DS, value);
    }

    /** ES. */
    public Segment es() {
        return segment(KvmSregsLayout.ES);
    }

    /** Sets ES. */
    public KvmSpecialRegisters es(Segment value) {
        return segment(KvmSregsLayout.ES, value);
    }

    /** FS. */
    public Segment fs() {
        return segment(KvmSregsLayout.FS);
    }

    /** Sets FS. */
    public KvmSpecialRegisters fs(Segment value) {
        return segment(KvmSregsLayout.FS, value);
    }

    /** GS. */
    public Segment gs() {
        return segment(KvmSregsLayout.GS);
    }

    /** Sets GS. */
    public KvmSpecialRegisters gs(Segment value) {
        return segment(KvmSregsLayout.GS, value);
    }

    /** SS. */
    public Segment ss() {
        return segment(KvmSregsLayout.SS);
    }

    /** Sets SS. */
    public KvmSpecialRegisters ss(Segment value) {
        return segment(KvmSregsLayout.SS, value);
    }

    /** TR. */
    public Segment tr() {
        return segment(KvmSregsLayout.TR);
    }

    /** Sets TR. */
    public KvmSpecialRegisters tr(Segment value) {
        return segment(KvmSregsLayout.TR, value);
    }

    /** LDT. */
    public Segment ldt() {
        return segment(KvmSregsLayout.LDT);
    }

    /** Sets LDT. */
    public KvmSpecialRegisters ldt(Segment value) {
        return segment(KvmSregsLayout.LDT, value);
    }

    /** Sets DS, ES, FS, GS and SS to the same segment. */
    public KvmSpecialRegisters dataSegments(Segment value) {
        return ds(value).es(value).fs(value).gs(value).ss(value);
    }

    /** GDTR. */
    public DescriptorTable gdt() {
        return table(KvmSregsLayout.GDT);
    }

    /** Sets GDTR. */
    public KvmSpecialRegisters gdt(DescriptorTable value) {
        return table(KvmSregsLayout.GDT, value);
    }

    /** IDTR. */
    public DescriptorTable idt() {
        return table(KvmSregsLayout.IDT);
    }

    /** Sets IDTR. */
    public KvmSpecialRegisters idt(DescriptorTable value) {
        return table(KvmSregsLayout.IDT, value);
    }

    /** CR0. */
    public long cr0() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.CR0);
    }

    /** Sets CR0. */
    public KvmSpecialRegisters cr0(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.CR0, value);
        return this;
    }

    /** CR2. */
    public long cr2() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.CR2);
    }

    /** Sets CR2. */
    public KvmSpecialRegisters cr2(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.CR2, value);
        return this;
    }

    /** CR3. */
    public long cr3() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.CR3);
    }

    /** Sets CR3. */
    public KvmSpecialRegisters cr3(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.CR3, value);
        return this;
    }

    /** CR4. */
    public long cr4() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.CR4);
    }

    /** Sets CR4. */
    public KvmSpecialRegisters cr4(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.CR4, value);
        return this;
    }

    /** CR8. */
    public long cr8() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.CR8);
    }

    /** Sets CR8. */
    public KvmSpecialRegisters cr8(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.CR8, value);
        return this;
    }

    /** EFER. */
    public long efer() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.EFER);
    }

    /** Sets EFER. */
    public KvmSpecialRegisters efer(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.EFER, value);
        return this;
    }

    /** The local APIC's base address and flags, MSR 0x1b. */
    public long apicBase() {
        return sregs.get(JAVA_LONG, KvmSregsLayout.APIC_BASE);
    }

    /** Sets the local APIC's base address and flags, MSR 0x1b. */
    public KvmSpecialRegisters apicBase(long value) {
        sregs.set(JAVA_LONG, KvmSregsLayout.APIC_BASE, value);
        return this;
    }

    private Segment segment(long at) {
        int attributes = flag(at + KvmSegmentLayout.TYPE)
                | flag(at + KvmSegmentLayout.S) << 4
                | flag(at + KvmSegmentLayout.DPL) << 5
                | flag(at + KvmSegmentLayout.PRESENT) << 7
                | flag(at + KvmSegmentLayout.AVL) << 12
                | flag(at + KvmSegmentLayout.L) << 13
                | flag(at + KvmSegmentLayout.DB) << 14
                | flag(at + KvmSegmentLayout.G) << 15
                | flag(at + KvmSegmentLayout.UNUSABLE) << 16;
        return new Segment(
                sregs.get(JAVA_LONG, at + KvmSegmentLayout.BASE),
                sregs.get(JAVA_INT, at + KvmSegmentLayout.LIMIT),
                Short.toUnsignedInt(sregs.get(JAVA_SHORT, at + KvmSegmentLayout.SELECTOR)),
                attributes);
    }

    private KvmSpecialRegisters segment(long at, Segment value) {
        int attributes = value.attributes();
        sregs.set(JAVA_LONG, at + KvmSegmentLayout.BASE, value.base());
        sregs.set(JAVA_INT, at + KvmSegmentLayout.LIMIT, value.limit());
        sregs.set(JAVA_SHORT, at + KvmSegmentLayout.SELECTOR, (short) value.selector());
        flag(at + KvmSegmentLayout.TYPE, attributes & 0xf);
        flag(at + KvmSegmentLayout.S, attributes >> 4 & 1);
        flag(at + KvmSegmentLayout.DPL, attributes >> 5 & 3);
        flag(at + KvmSegmentLayout.PRESENT, attributes >> 7 & 1);
        flag(at + KvmSegmentLayout.AVL, attributes >> 12 & 1);
        flag(at + KvmSegmentLayout.L, attributes >> 13 & 1);
        flag(at + KvmSegmentLayout.DB, attributes >> 14 & 1);
        flag(at + KvmSegmentLayout.G, attributes >> 15 & 1);
        flag(at + KvmSegmentLayout.UNUSABLE, attributes >> 16 & 1);
        return this;
    }

    private int flag(long at) {
        return sregs.get(JAVA_BYTE, at);
    }

    private void flag(long at, int value) {
        sregs.set(JAVA_BYTE, at, (byte) value);
    }

    private DescriptorTable table(long at) {
        return new DescriptorTable(
                sregs.get(JAVA_LONG, at + KvmDtableLayout.BASE),
                Short.toUnsignedInt(sregs.get(JAVA_SHORT, at + KvmDtableLayout.LIMIT)));
    }

    private KvmSpecialRegisters table(long at, DescriptorTable value) {
        sregs.set(JAVA_LONG, at + KvmDtableLayout.BASE, value.base());
        sregs.set(JAVA_SHORT, at + KvmDtableLayout.LIMIT, (short) value.limit());
        return this;
    }

    /** All of them, over several lines. */
    @Override
    public String toString() {
        return String.format("cs =%s%nds =%s%nes =%s%nfs =%s%ngs =%s%nss =%s%n", cs(), ds(), es(), fs(), gs(), ss())
                + String.format("tr =%s%nldt=%s%n", tr(), ldt())
                + String.format("gdt=%x/%x idt=%x/%x%n", gdt().base(), gdt().limit(), idt().base(), idt().limit())
                + String.format("cr0=%x cr2=%x cr3=%x cr4=%x cr8=%x%n", cr0(), cr2(), cr3(), cr4(), cr8())
                + String.format("efer=%x apic_base=%x", efer(), apicBase());
    }
}
