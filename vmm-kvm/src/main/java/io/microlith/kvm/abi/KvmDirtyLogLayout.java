// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_dirty_log}. */
public final class KvmDirtyLogLayout {
    /** {@code __u32 slot}. */
    public static final long SLOT = 0;

    /** {@code void * dirty_bitmap}. */
    public static final long DIRTY_BITMAP = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    private KvmDirtyLogLayout() {}
}
