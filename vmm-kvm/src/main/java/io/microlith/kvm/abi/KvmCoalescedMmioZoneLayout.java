// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_coalesced_mmio_zone}. */
public final class KvmCoalescedMmioZoneLayout {
    /** {@code __u64 addr}. */
    public static final long ADDR = 0;

    /** {@code __u32 size}. */
    public static final long SIZE_FIELD = 8;

    /** {@code __u32 pio}. */
    public static final long PIO = 12;

    /** The size of the struct in bytes. */
    public static final long SIZE = 16;

    private KvmCoalescedMmioZoneLayout() {}
}
