// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_irq_level}. */
public final class KvmIrqLevelLayout {
    /** {@code __u32 irq}. */
    public static final long IRQ = 0;

    /** {@code __u32 level}. */
    public static final long LEVEL = 4;

    /** The size of the struct in bytes. */
    public static final long SIZE = 8;

    private KvmIrqLevelLayout() {}
}
