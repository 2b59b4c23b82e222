// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_irq_routing_entry}. */
public final class KvmIrqRoutingEntryLayout {
    /** {@code __u32 gsi}. */
    public static final long GSI = 0;

    /** {@code __u32 type}. */
    public static final long TYPE = 4;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 8;

    /** {@code __u32 u.irqchip.irqchip}. */
    public static final long IRQCHIP = 16;

    /** {@code __u32 u.irqchip.pin}. */
    public static final long PIN = 20;

    /** {@code __u32 u.msi.address_lo}. */
    public static final long MSI_ADDRESS_LO = 16;

    /** {@code __u32 u.msi.address_hi}. */
    public static final long MSI_ADDRESS_HI = 20;

    /** {@code __u32 u.msi.data}. */
    public static final long MSI_DATA = 24;

    /** The size of the struct in bytes. */
    public static final long SIZE = 48;

    /** KVM_IRQ_ROUTING_IRQCHIP, a {@code type}. */
    public static final int TYPE_IRQCHIP = 1;

    /** KVM_IRQ_ROUTING_MSI, a {@code type}. */
    public static final int TYPE_MSI = 2;

    private KvmIrqRoutingEntryLayout() {}
}
