// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_sregs}. */
public final class KvmSregsLayout {
    /** {@code struct kvm_segment cs}. */
    public static final long CS = 0;

    /** {@code struct kvm_segment ds}. */
    public static final long DS = 24;

    /** {@code struct kvm_segment es}. */
    public static final long ES = 48;

    /** {@code struct kvm_segment fs}. */
    public static final long FS = 72;

    /** {@code struct kvm_segment gs}. */
    public static final long GS = 96;

    /** {@code struct kvm_segment ss}. */
    public static final long SS = 120;

    /** {@code struct kvm_segment tr}. */
    public static final long TR = 144;

    /** {@code struct kvm_segment ldt}. */
    public static final long LDT = 168;

    /** {@code struct kvm_dtable gdt}. */
    public static final long GDT = 192;

    /** {@code struct kvm_dtable idt}. */
    public static final long IDT = 208;

    /** {@code __u64 cr0}. */
    public static final long CR0 = 224;

    /** {@code __u64 cr2}. */
    public static final long CR2 = 232;

    /** {@code __u64 cr3}. */
    public static final long CR3 = 240;

    /** {@code __u64 cr4}. */
    public static final long CR4 = 248;

    /** {@code __u64 cr8}. */
    public static final long CR8 = 256;

    /** {@code __u64 efer}. */
    public static final long EFER = 264;

    /** {@code __u64 apic_base}. */
    public static final long APIC_BASE = 272;

    /** {@code __u64 interrupt_bitmap[4]}. */
    public static final long INTERRUPT_BITMAP = 280;

    /** The size of the struct in bytes. */
    public static final long SIZE = 312;

    private KvmSregsLayout() {}
}
