// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_regs}. */
public final class KvmRegsLayout {
    /** {@code __u64 rax}. */
    public static final long RAX = 0;

    /** {@code __u64 rbx}. */
    public static final long RBX = 8;

    /** {@code __u64 rcx}. */
    public static final long RCX = 16;

    /** {@code __u64 rdx}. */
    public static final long RDX = 24;

    /** {@code __u64 rsi}. */
    public static final long RSI = 32;

    /** {@code __u64 rdi}. */
    public static final long RDI = 40;

    /** {@code __u64 rsp}. */
    public static final long RSP = 48;

    /** {@code __u64 rbp}. */
    public static final long RBP = 56;

    /** {@code __u64 r8}. */
    public static final long R8 = 64;

    /** {@code __u64 r9}. */
    public static final long R9 = 72;

    /** {@code __u64 r10}. */
    public static final long R10 = 80;

    /** {@code __u64 r11}. */
    public static final long R11 = 88;

    /** {@code __u64 r12}. */
    public static final long R12 = 96;

    /** {@code __u64 r13}. */
    public static final long R13 = 104;

    /** {@code __u64 r14}. */
    public static final long R14 = 112;

    /** {@code __u64 r15}. */
    public static final long R15 = 120;

    /** {@code __u64 rip}. */
    public static final long RIP = 128;

    /** {@code __u64 rflags}. */
    public static final long RFLAGS = 136;

    /** The size of the struct in bytes. */
    public static final long SIZE = 144;

    private KvmRegsLayout() {}
}
