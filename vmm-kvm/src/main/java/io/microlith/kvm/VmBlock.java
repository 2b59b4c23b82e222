// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmIrqchipLayout;
import io.microlith.kvm.abi.KvmPitState2Layout;

/** A part of a VM's state that KVM gives and takes as one struct, in the order in which they are put back. */
public enum VmBlock {
    /** The first 8259A. */
    PIC_PRIMARY(KvmIoctl.KVM_GET_IRQCHIP, KvmIoctl.KVM_SET_IRQCHIP, KvmIrqchipLayout.SIZE, KvmIrqchipLayout.PIC_MASTER),
    /** The second 8259A. */
    PIC_SECONDARY(
            KvmIoctl.KVM_GET_IRQCHIP, KvmIoctl.KVM_SET_IRQCHIP, KvmIrqchipLayout.SIZE, KvmIrqchipLayout.PIC_SLAVE),
    /** The I/O APIC. */
    IO_APIC(KvmIoctl.KVM_GET_IRQCHIP, KvmIoctl.KVM_SET_IRQCHIP, KvmIrqchipLayout.SIZE, KvmIrqchipLayout.IOAPIC),
    /** The timer chip. */
    PIT(KvmIoctl.KVM_GET_PIT2, KvmIoctl.KVM_SET_PIT2, KvmPitState2Layout.SIZE, 0);

    private final KvmIoctl get;
    private final KvmIoctl set;
    private final long size;
    private final int chip;

    VmBlock(KvmIoctl get, KvmIoctl set, long size, int chip) {
        this.get = get;
        this.set = set;
        this.size = size;
        this.chip = chip;
    }

    KvmIoctl getRequest() {
        return get;
    }

    KvmIoctl setRequest() {
        return set;
    }

    /** The size of the struct in bytes. */
    long size() {
        return size;
    }

    /** The chip's number, with which the struct begins when it is asked for. */
    int chip() {
        return chip;
    }
}
