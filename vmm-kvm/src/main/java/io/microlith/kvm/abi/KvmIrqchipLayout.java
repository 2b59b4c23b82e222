// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_irqchip}. */
public final class KvmIrqchipLayout {
    /** {@code __u32 chip_id}. */
    public static final long CHIP_ID = 0;

    /** {@code char chip.dummy[512]}. */
    public static final long CHIP = 8;

    /** The size of the struct in bytes. */
    public static final long SIZE = 520;

    /** KVM_IRQCHIP_PIC_MASTER, a {@code chip_id}. */
    public static final int PIC_MASTER = 0;

    /** KVM_IRQCHIP_PIC_SLAVE. */
    public static final int PIC_SLAVE = 1;

    /** KVM_IRQCHIP_IOAPIC. */
    public static final int IOAPIC = 2;

    private KvmIrqchipLayout() {}
}
