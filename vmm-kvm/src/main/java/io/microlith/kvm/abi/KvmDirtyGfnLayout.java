// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_dirty_gfn}: an entry of a dirty ring. */
public final class KvmDirtyGfnLayout {
    /** {@code __u32 flags}. */
    public static final long FLAGS = 0;

    /** {@code __u32 slot}. */
    public static final long SLOT = 4;

    /** {@code __u64 offset}. */
    public static final long OFFSET = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    /** KVM_DIRTY_GFN_F_DIRTY in {@code flags}: the kernel filled the entry. */
    public static final int FLAG_DIRTY = 1;

    /** KVM_DIRTY_GFN_F_RESET in {@code flags}: user space is done with it. */
    public static final int FLAG_RESET = 2;

    /** KVM_DIRTY_LOG_PAGE_OFFSET: the page of the vCPU's file the ring begins at. */
    public static final int PAGE_OFFSET = 64;

    private KvmDirtyGfnLayout() {}
}
