// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_stats_header}. */
public final class KvmStatsHeaderLayout {
    /** {@code __u32 flags}. */
    public static final long FLAGS = 0;

    /** {@code __u32 name_size}. */
    public static final long NAME_SIZE = 4;

    /** {@code __u32 num_desc}. */
    public static final long NUM_DESC = 8;

    /** {@code __u32 id_offset}. */
    public static final long ID_OFFSET = 12;

    /** {@code __u32 desc_offset}. */
    public static final long DESC_OFFSET = 16;

    /** {@code __u32 data_offset}. */
    public static final long DATA_OFFSET = 20;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    private KvmStatsHeaderLayout() {}
}
