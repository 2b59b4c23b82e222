// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_clear_dirty_log}. */
public final class KvmClearDirtyLogLayout {
    /** {@code __u32 slot}. */
    public static final long SLOT = 0;

    /** {@code __u32 num_pages}. */
    public static final long NUM_PAGES = 4;

    /** {@code __u64 first_page}. */
    public static final long FIRST_PAGE = 8;

    /** {@code void * dirty_bitmap}. */
    public static final long DIRTY_BITMAP = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    private KvmClearDirtyLogLayout() {}
}
