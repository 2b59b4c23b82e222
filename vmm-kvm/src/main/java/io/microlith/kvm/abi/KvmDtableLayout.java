// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_dtable}. */
public final class KvmDtableLayout {
    /** {@code __u64 base}. */
    public static final long BASE = 0;

    /** {@code __u16 limit}. */
    public static final long LIMIT = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    private KvmDtableLayout() {}
}
