// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_msrs}. */
public final class KvmMsrsLayout {
    /** {@code __u32 nmsrs}. */
    public static final long NMSRS = 0;

    /** {@code struct kvm_msr_entry entries[]}. */
    public static final long ENTRIES = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 8;

    private KvmMsrsLayout() {}
}
