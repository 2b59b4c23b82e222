// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.kvm.abi.KvmDebugregsLayout;
import io.microlith.kvm.abi.KvmFpuLayout;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmLapicStateLayout;
import io.microlith.kvm.abi.KvmMpStateLayout;
import io.microlith.kvm.abi.KvmRegsLayout;
import io.microlith.kvm.abi.KvmSregs2Layout;
import io.microlith.kvm.abi.KvmSregsLayout;
import io.microlith.kvm.abi.KvmVcpuEventsLayout;
import io.microlith.kvm.abi.KvmXcrsLayout;
import io.microlith.kvm.abi.KvmXsaveLayout;

/**
 * A part of a vCPU's state that KVM gives and takes as one struct. In the order in which they are put back: the local
 * APIC needs the APIC base of the special registers; pending events refer to all before them; MSRs, which are no block,
 * go between {@link #LAPIC} and {@link #EVENTS}, since the TSC deadline needs the APIC's timer mode.
 */
public enum VcpuBlock {
    /** Whether it runs, halts or waits. */
    MP_STATE(KvmIoctl.KVM_GET_MP_STATE, KvmIoctl.KVM_SET_MP_STATE, KvmMpStateLayout.SIZE),
    /** Segments, control registers, descriptor tables. On a host without {@link #SPECIAL_REGISTERS_2}. */
    SPECIAL_REGISTERS(KvmIoctl.KVM_GET_SREGS, KvmIoctl.KVM_SET_SREGS, KvmSregsLayout.SIZE),
    /** The same with the page directory pointers of a guest in PAE mode. */
    SPECIAL_REGISTERS_2(KvmIoctl.KVM_GET_SREGS2, KvmIoctl.KVM_SET_SREGS2, KvmSregs2Layout.SIZE),
    /** General registers. */
    REGISTERS(KvmIoctl.KVM_GET_REGS, KvmIoctl.KVM_SET_REGS, KvmRegsLayout.SIZE),
    /** x87 and SSE. On a host without XSAVE. */
    FPU(KvmIoctl.KVM_GET_FPU, KvmIoctl.KVM_SET_FPU, KvmFpuLayout.SIZE),
    /** Which extended state the guest uses: XCR0. Before {@link #XSAVE}. */
    XCRS(KvmIoctl.KVM_GET_XCRS, KvmIoctl.KVM_SET_XCRS, KvmXcrsLayout.SIZE),
    /** Extended state, in the standard format of XSAVE; up to 4096 bytes. On a host without {@link #XSAVE_2}. */
    XSAVE(KvmIoctl.KVM_GET_XSAVE, KvmIoctl.KVM_SET_XSAVE, KvmXsaveLayout.SIZE),
    /** Extended state of the size the host says, at least 4096 bytes. */
    XSAVE_2(KvmIoctl.KVM_GET_XSAVE2, KvmIoctl.KVM_SET_XSAVE, KvmXsaveLayout.SIZE),
    /** Debug registers. */
    DEBUG_REGISTERS(KvmIoctl.KVM_GET_DEBUGREGS, KvmIoctl.KVM_SET_DEBUGREGS, KvmDebugregsLayout.SIZE),
    /** The local APIC, where it is in the kernel. */
    LAPIC(KvmIoctl.KVM_GET_LAPIC, KvmIoctl.KVM_SET_LAPIC, KvmLapicStateLayout.SIZE),
    /** Exceptions, interrupts and NMIs that are pending. */
    EVENTS(KvmIoctl.KVM_GET_VCPU_EVENTS, KvmIoctl.KVM_SET_VCPU_EVENTS, KvmVcpuEventsLayout.SIZE);

    private final KvmIoctl get;
    private final KvmIoctl set;
    private final long size;

    VcpuBlock(KvmIoctl get, KvmIoctl set, long size) {
        this.get = get;
        this.set = set;
        this.size = size;
    }

    KvmIoctl getRequest() {
        return get;
    }

    KvmIoctl setRequest() {
        return set;
    }

    /** The size of the struct in bytes; of {@link #XSAVE_2}, the least. */
    long size() {
        return size;
    }
}
