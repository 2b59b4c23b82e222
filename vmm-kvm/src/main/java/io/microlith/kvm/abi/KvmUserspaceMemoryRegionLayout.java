// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_userspace_memory_region}. */
public final class KvmUserspaceMemoryRegionLayout {
    /** {@code __u32 slot}. */
    public static final long SLOT = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 4;

    /** {@code __u64 guest_phys_addr}. */
    public static final long GUEST_PHYS_ADDR = 8;

    /** {@code __u64 memory_size}. */
    public static final long MEMORY_SIZE = 16;

    /** {@code __u64 userspace_addr}. */
    public static final long USERSPACE_ADDR = 24;

    /** The size of the struct in bytes. */
    public static final long SIZE = 32;

    /** KVM_MEM_LOG_DIRTY_PAGES in {@code flags}. */
    public static final int FLAG_LOG_DIRTY_PAGES = 1;

    /** KVM_MEM_READONLY in {@code flags}. */
    public static final int FLAG_READONLY = 2;

    private KvmUserspaceMemoryRegionLayout() {}
}
