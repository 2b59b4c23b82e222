// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmLapicStateLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The registers of a vCPU's local APIC, by their offsets in its page (Intel SDM volume 3, table 12-1): a copy, of which
 * {@link #load} and {@link #store} move all values at once. Only with the local APIC in the kernel. Not for two threads
 * at a time.
 */
public final class KvmLapic {
    /** The APIC id, in bits 24 to 31. */
    public static final int ID = 0x20;
    /** Version and number of local vectors. */
    public static final int VERSION = 0x30;
    /** The spurious vector, and in bit 8 whether the APIC is on. */
    public static final int SPURIOUS = 0xf0;
    /** Interrupts in service: 256 bits, 32 in each of eight registers 16 bytes apart. */
    public static final int IN_SERVICE = 0x100;
    /** Interrupts requested, in the same form. */
    public static final int REQUESTED = 0x200;
    /** The local vector of pin LINT0. */
    public static final int LINT0 = 0x350;
    /** The local vector of pin LINT1. */
    public static final int LINT1 = 0x360;

    private final MemorySegment regs = Arena.ofAuto().allocate(KvmLapicStateLayout.SIZE, Integer.BYTES);

    /** Makes registers that are all zero. */
    public KvmLapic() {}

    /** Reads the registers of a vCPU. On its thread, or while it does not run. */
    public KvmLapic load(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_GET_LAPIC, regs, vcpu::detail);
        return this;
    }

    /** Writes the registers of a vCPU. On its thread, or while it does not run. */
    public KvmLapic store(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_SET_LAPIC, regs, vcpu::detail);
        return this;
    }

    /** A register, by its offset. */
    public int register(int offset) {
        return regs.get(JAVA_INT, offset);
    }

    /** Sets a register, by its offset. */
    public KvmLapic register(int offset, int value) {
        regs.set(JAVA_INT, offset, value);
        return this;
    }

    /** Whether an interrupt is requested and not yet delivered. */
    public boolean isRequested(int vector) {
        return (register(REQUESTED + vector / Integer.SIZE * 16) >>> vector % Integer.SIZE & 1) != 0;
    }
}
