// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_irq_routing}. */
public final class KvmIrqRoutingLayout {
    /** {@code __u32 nr}. */
    public static final long NR = 0;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 4;

    /** {@code struct kvm_irq_routing_entry entries[]}. */
    public static final long ENTRIES = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 8;

    private KvmIrqRoutingLayout() {}
}
