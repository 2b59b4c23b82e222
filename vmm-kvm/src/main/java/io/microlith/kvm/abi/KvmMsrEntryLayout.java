// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_msr_entry}. */
public final class KvmMsrEntryLayout {
    /** {@code __u32 index}. */
    public static final long INDEX = 0;

    /** {@code __u64 data}. */
    public static final long DATA = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    private KvmMsrEntryLayout() {}
}
