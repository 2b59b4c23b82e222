// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_cpuid2}. */
public final class KvmCpuid2Layout {
    /** {@code __u32 nent}. */
    public static final long NENT = 0;

    /** {@code struct kvm_cpuid_entry2 entries[]}. */
    public static final long ENTRIES = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 8;

    private KvmCpuid2Layout() {}
}
