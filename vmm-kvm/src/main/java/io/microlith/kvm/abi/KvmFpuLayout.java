// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_fpu}. */
public final class KvmFpuLayout {
    /** {@code __u8 fpr[8][16]}. */
    public static final long FPR = 0;

    /** {@code __u16 fcw}. */
    public static final long FCW = 128;

    /** {@code __u16 fsw}. */
    public static final long FSW = 130;

    /** {@code __u8 ftwx}. */
    public static final long FTWX = 132;

    /** {@code __u16 last_opcode}. */
    public static final long LAST_OPCODE = 134;

    /** {@code __u64 last_ip}. */
    public static final long LAST_IP = 136;

    /** {@code __u64 last_dp}. */
    public static final long LAST_DP = 144;

    /** {@code __u8 xmm[16][16]}. */
    public static final long XMM = 152;

    /** {@code __u32 mxcsr}. */
    public static final long MXCSR = 408;

    /** The size of the struct in bytes. */
    public static final long SIZE = 416;

    private KvmFpuLayout() {}
}
