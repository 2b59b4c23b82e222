// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_irqfd}. */
public final class KvmIrqfdLayout {
    /** {@code __u32 fd}. */
    public static final long FD = 0;

    /** {@code __u32 gsi}. */
    public static final long GSI = 4;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 8;

    /** {@code __u32 resamplefd}. */
    public static final long RESAMPLEFD = 12;

    /** The size of the struct in bytes. */
    public static final long SIZE = 32;

    /** KVM_IRQFD_FLAG_DEASSIGN in {@code flags}. */
    public static final int FLAG_DEASSIGN = 1;

    /** KVM_IRQFD_FLAG_RESAMPLE in {@code flags}. */
    public static final int FLAG_RESAMPLE = 2;

    private KvmIrqfdLayout() {}
}
