// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_coalesced_mmio_ring}: one page. */
public final class KvmCoalescedMmioRingLayout {
    /** {@code __u32 first}. */
    public static final long FIRST = 0;

    /** {@code __u32 last}. */
    public static final long LAST = 4;

    /** {@code struct kvm_coalesced_mmio coalesced_mmio[]}. */
    public static final long COALESCED_MMIO = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 8;

    private KvmCoalescedMmioRingLayout() {}
}
