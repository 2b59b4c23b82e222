// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_segment}. */
public final class KvmSegmentLayout {
    /** {@code __u64 base}. */
    public static final long BASE = 0;

    /** {@code __u32 limit}. */
    public static final long LIMIT = 8;

    /** {@code __u16 selector}. */
    public static final long SELECTOR = 12;

    /** {@code __u8 type}. */
    public static final long TYPE = 14;

    /** {@code __u8 present}. */
    public static final long PRESENT = 15;

    /** {@code __u8 dpl}. */
    public static final long DPL = 16;

    /** {@code __u8 db}. */
    public static final long DB = 17;

    /** {@code __u8 s}. */
    public static final long S = 18;

    /** {@code __u8 l}. */
    public static final long L = 19;

    /** {@code __u8 g}. */
    public static final long G = 20;

    /** {@code __u8 avl}. */
    public static final long AVL = 21;

    /** {@code __u8 unusable}. */
    public static final long UNUSABLE = 22;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    private KvmSegmentLayout() {}
}
