// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_msr_list}. */
public final class KvmMsrListLayout {
    /** {@code __u32 nmsrs}. */
    public static final long NMSRS = 0;

    /** {@code __u32 indices[]}. */
    public static final long INDICES = 4;

    /** The size of the struct in bytes. */
    public static final long SIZE = 4;

    private KvmMsrListLayout() {}
}
