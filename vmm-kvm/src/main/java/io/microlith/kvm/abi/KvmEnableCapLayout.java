// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_enable_cap}. */
public final class KvmEnableCapLayout {
    /** {@code __u32 cap}. */
    public static final long CAP = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 4;

    /** {@code __u64 args[4]}. */
    public static final long ARGS = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 104;

    /** The number of {@code args}. */
    public static final int ARGS_LENGTH = 4;

    /** KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE, an argument. */
    public static final long DIRTY_LOG_MANUAL_PROTECT_ENABLE = 1;

    /** KVM_DIRTY_LOG_INITIALLY_SET, an argument. */
    public static final long DIRTY_LOG_INITIALLY_SET = 2;

    private KvmEnableCapLayout() {}
}
