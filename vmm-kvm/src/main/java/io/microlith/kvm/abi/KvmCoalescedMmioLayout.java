// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_coalesced_mmio}. */
public final class KvmCoalescedMmioLayout {
    /** {@code __u64 phys_addr}. */
    public static final long PHYS_ADDR = 0;

    /** {@code __u32 len}. */
    public static final long LEN = 8;

    /** {@code __u32 pio}. */
    public static final long PIO = 12;

    /** {@code __u8 data[8]}. */
    public static final long DATA = 16;

    /** The size of the struct in bytes. */
    public static final long SIZE = 24;

    private KvmCoalescedMmioLayout() {}
}
