// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.microlith.kvm.abi.KvmFpuLayout;
import io.microlith.kvm.abi.KvmIoctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The x87 and SSE registers of a vCPU: a copy, of which {@link #load} and {@link #store} move all values at once. New
 * ones are as after FNINIT. Not for two threads at a time.
 *
 * <p>MXCSR is not among them: KVM neither reads nor writes it here, but with {@link VcpuBlock#XSAVE}.
 */
public final class KvmFpu {
    /** The control word after FNINIT: all exceptions masked, extended precision. */
    private static final short FCW_INITIAL = 0x37f;

    private final MemorySegment fpu = Arena.ofAuto().allocate(KvmFpuLayout.SIZE, Long.BYTES);

    /** Makes registers as after FNINIT. */
    public KvmFpu() {
        fpu.set(JAVA_SHORT, KvmFpuLayout.FCW, FCW_INITIAL);
    }

    /** Reads the registers of a vCPU. On its thread, or while it does not run. */
    public KvmFpu load(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_GET_FPU, fpu, vcpu::detail);
        return this;
    }

    /** Writes the registers of a vCPU. On its thread, or while it does not run. */
    public KvmFpu store(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_SET_FPU, fpu, vcpu::detail);
        return this;
    }

    /** The x87 control word. */
    public int fcw() {
        return Short.toUnsignedInt(fpu.get(JAVA_SHORT, KvmFpuLayout.FCW));
    }

    /** Sets the x87 control word. */
    public KvmFpu fcw(int value) {
        fpu.set(JAVA_SHORT, KvmFpuLayout.FCW, (short) value);
        return this;
    }

    /** The low half of an XMM register, 0 to 15. */
    public long xmmLow(int register) {
        return fpu.get(JAVA_LONG, KvmFpuLayout.XMM + register * 16L);
    }

    /** Sets the low half of an XMM register, 0 to 15. */
    public KvmFpu xmmLow(int register, long value) {
        fpu.set(JAVA_LONG, KvmFpuLayout.XMM + register * 16L, value);
        return this;
    }
}
