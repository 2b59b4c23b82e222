// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmCpuidEntry2Layout;

/**
 * What CPUID answers for one leaf and subleaf.
 *
 * @param function the leaf: EAX before
 * @param index the subleaf: ECX before; only looked at if {@link #isIndexed}
 * @param flags KVM_CPUID_FLAG_* bits
 * @param eax EAX after
 * @param ebx EBX after
 * @param ecx ECX after
 * @param edx EDX after
 */
public record CpuidEntry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
    /** A leaf without subleaves. */
    public static CpuidEntry leaf(int function, int eax, int ebx, int ecx, int edx) {
        return new CpuidEntry(function, 0, 0, eax, ebx, ecx, edx);
    }

    /** Whether the leaf has subleaves. */
    public boolean isIndexed() {
        return (flags & KvmCpuidEntry2Layout.FLAG_SIGNIFICANT_INDEX) != 0;
    }

    /** The same with another EAX. */
    public CpuidEntry withEax(int value) {
        return new CpuidEntry(function, index, flags, value, ebx, ecx, edx);
    }

    /** The same with another EBX. */
    public CpuidEntry withEbx(int value) {
        return new CpuidEntry(function, index, flags, eax, value, ecx, edx);
    }

    /** The same with another ECX. */
    public CpuidEntry withEcx(int value) {
        return new CpuidEntry(function, index, flags, eax, ebx, value, edx);
    }

    /** The same with another EDX. */
    public CpuidEntry withEdx(int value) {
        return new CpuidEntry(function, index, flags, eax, ebx, ecx, value);
    }

    /** {@code 0x0000000b.1 eax=00000001 ebx=00000002 ecx=00000201 edx=00000000}. */
    @Override
    public String toString() {
        return String.format("0x%08x.%d eax=%08x ebx=%08x ecx=%08x edx=%08x", function, index, eax, ebx, ecx, edx);
    }
}
