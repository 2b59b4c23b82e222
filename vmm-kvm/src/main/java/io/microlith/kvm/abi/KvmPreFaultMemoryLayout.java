// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_pre_fault_memory}. The kernel moves the first two on as far as it came. */
public final class KvmPreFaultMemoryLayout {
    /** {@code __u64 gpa}. */
    public static final long GPA = 0;

    /** {@code __u64 size}. */
    public static final long RANGE_SIZE = 8;

    /** {@code __u64 flags}: none are known. */
    public static final long FLAGS = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 64;

    private KvmPreFaultMemoryLayout() {}
}
