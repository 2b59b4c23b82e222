// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_sregs2}: as {@code struct kvm_sregs} up to {@code apic_base}. */
public final class KvmSregs2Layout {
    /** {@code __u64 flags}. */
    public static final long FLAGS = 280;

    /** {@code __u64 pdptrs[4]}. */
    public static final long PDPTRS = 288;

    /** The size of the struct in bytes. */
    public static final long SIZE = 320;

    /** KVM_SREGS2_FLAGS_PDPTRS_VALID in {@code flags}. */
    public static final long FLAG_PDPTRS_VALID = 1;

    private KvmSregs2Layout() {}
}
