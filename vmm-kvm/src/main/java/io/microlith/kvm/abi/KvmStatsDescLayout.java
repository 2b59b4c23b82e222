// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_stats_desc}. */
public final class KvmStatsDescLayout {
    /** {@code __u32 flags}. */
    public static final long FLAGS = 0;

    /** {@code __s16 exponent}. */
    public static final long EXPONENT = 4;

    /** {@code __u16 size}. */
    public static final long SIZE_FIELD = 6;

    /** {@code __u32 offset}. */
    public static final long OFFSET = 8;

    /** {@code __u32 bucket_size}. */
    public static final long BUCKET_SIZE = 12;

    /** {@code char name[]}. */
    public static final long NAME = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    /** KVM_STATS_TYPE_MASK in {@code flags}. */
    public static final int TYPE_MASK = 0xf;

    /** KVM_STATS_UNIT_MASK in {@code flags}. */
    public static final int UNIT_MASK = 0xf0;

    /** KVM_STATS_UNIT_SHIFT. */
    public static final int UNIT_SHIFT = 4;

    /** KVM_STATS_BASE_MASK in {@code flags}: ten, or two if any bit is set. */
    public static final int BASE_MASK = 0xf00;

    private KvmStatsDescLayout() {}
}
