// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_ioeventfd}. */
public final class KvmIoeventfdLayout {
    /** {@code __u64 datamatch}. */
    public static final long DATAMATCH = 0;

    /** {@code __u64 addr}. */
    public static final long ADDR = 8;

    /** {@code __u32 len}. */
    public static final long LEN = 16;

    /** {@code __s32 fd}. */
    public static final long FD = 20;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 24;

    /** The size of the struct in bytes. */
    public static final long SIZE = 64;

    /** KVM_IOEVENTFD_FLAG_DATAMATCH in {@code flags}. */
    public static final int FLAG_DATAMATCH = 1;

    /** KVM_IOEVENTFD_FLAG_PIO in {@code flags}. */
    public static final int FLAG_PIO = 2;

    /** KVM_IOEVENTFD_FLAG_DEASSIGN in {@code flags}. */
    public static final int FLAG_DEASSIGN = 4;

    private KvmIoeventfdLayout() {}
}
