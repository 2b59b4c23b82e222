// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_cpuid_entry2}. */
public final class KvmCpuidEntry2Layout {
    /** {@code __u32 function}. */
    public static final long FUNCTION = 0;

    /** {@code __u32 index}. */
    public static final long INDEX = 4;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 8;

    /** {@code __u32 eax}. */
    public static final long EAX = 12;

    /** {@code __u32 ebx}. */
    public static final long EBX = 16;

    /** {@code __u32 ecx}. */
    public static final long ECX = 20;

    /** {@code __u32 edx}. */
    public static final long EDX = 24;

    /** The size of the struct in bytes. */
    public static final long SIZE = 40;

    /** KVM_CPUID_FLAG_SIGNIFCANT_INDEX in {@code flags}: the leaf has subleaves. (The header spells it so.) */
    public static final int FLAG_SIGNIFICANT_INDEX = 1;

    private KvmCpuidEntry2Layout() {}
}
