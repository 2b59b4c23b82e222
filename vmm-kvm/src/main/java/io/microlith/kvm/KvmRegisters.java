// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmRegsLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The general registers of a vCPU, to be changed and stored: a copy, of which {@link #load} and {@link #store} move all
 * values at once. New ones are all zero but for RFLAGS, which has its fixed bit. Not for two threads at a time.
 */
public final class KvmRegisters {
    /** Bit 1 of RFLAGS, which is always set. */
    public static final long RFLAGS_FIXED = 2;

    private final MemorySegment regs = Arena.ofAuto().allocate(KvmRegsLayout.SIZE, Long.BYTES);

    /** Makes registers that are as in no particular vCPU. */
    public KvmRegisters() {
        regs.set(JAVA_LONG, KvmRegsLayout.RFLAGS, RFLAGS_FIXED);
    }

    /** Reads the registers of a vCPU. On its thread, or while it does not run. */
    public KvmRegisters load(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_GET_REGS, regs, vcpu::detail);
        return this;
    }

    /** Writes the registers of a vCPU. On its thread, or while it does not run. */
    public KvmRegisters store(KvmVcpu vcpu) {
        vcpu.file().call(KvmIoctl.KVM_SET_REGS, regs, vcpu::detail);
        return this;
    }

    /** RAX. */
    public long rax() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RAX);
    }

    /** Sets RAX. */
    public KvmRegisters rax(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RAX, value);
        return this;
    }

    /** RBX. */
    public long rbx() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RBX);
    }

    /** Sets RBX. */
    public KvmRegisters rbx(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RBX, value);
        return this;
    }

    /** RCX. */
    public long rcx() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RCX);
    }

    /** Sets RCX. */
    public KvmRegisters rcx(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RCX, value);
        return this;
    }

    /** RDX. */
    public long rdx() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RDX);
    }

    /** Sets RDX. */
    public KvmRegisters rdx(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RDX, value);
        return this;
    }

    /** RSI. */
    public long rsi() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RSI);
    }

    /** Sets RSI. */
    public KvmRegisters rsi(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RSI, value);
        return this;
    }

    /** RDI. */
    public long rdi() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RDI);
    }

    /** Sets RDI. */
    public KvmRegisters rdi(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RDI, value);
        return this;
    }

    /** RSP. */
    public long rsp() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RSP);
    }

    /** Sets RSP. */
    public KvmRegisters rsp(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RSP, value);
        return this;
    }

    /** RBP. */
    public long rbp() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RBP);
    }

    /** Sets RBP. */
    public KvmRegisters rbp(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RBP, value);
        return this;
    }

    /** R8. */
    public long r8() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R8);
    }

    /** Sets R8. */
    public KvmRegisters r8(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R8, value);
        return this;
    }

    /** R9. */
    public long r9() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R9);
    }

    /** Sets R9. */
    public KvmRegisters r9(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R9, value);
        return this;
    }

    /** R10. */
    public long r10() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R10);
    }

    /** Sets R10. */
    public KvmRegisters r10(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R10, value);
        return this;
    }

    /** R11. */
    public long r11() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R11);
    }

    /** Sets R11. */
    public KvmRegisters r11(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R11, value);
        return this;
    }

    /** R12. */
    public long r12() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R12);
    }

    /** Sets R12. */
    public KvmRegisters r12(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R12, value);
        return this;
    }

    /** R13. */
    public long r13() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R13);
    }

    /** Sets R13. */
    public KvmRegisters r13(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R13, value);
        return this;
    }

    /** R14. */
    public long r14() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R14);
    }

    /** Sets R14. */
    public KvmRegisters r14(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R14, value);
        return this;
    }

    /** R15. */
    public long r15() {
        return regs.get(JAVA_LONG, KvmRegsLayout.R15);
    }

    /** Sets R15. */
    public KvmRegisters r15(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.R15, value);
        return this;
    }

    /** RIP. */
    public long rip() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RIP);
    }

    /** Sets RIP. */
    public KvmRegisters rip(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RIP, value);
        return this;
    }

    /** RFLAGS. */
    public long rflags() {
        return regs.get(JAVA_LONG, KvmRegsLayout.RFLAGS);
    }

    /** Sets RFLAGS. */
    public KvmRegisters rflags(long value) {
        regs.set(JAVA_LONG, KvmRegsLayout.RFLAGS, value);
        return this;
    }

    /** All of them, over several lines. */
    @Override
    public String toString() {
        return String.format("rip=%016x rflags=%016x%n", rip(), rflags())
                + String.format("rax=%016x rbx=%016x rcx=%016x rdx=%016x%n", rax(), rbx(), rcx(), rdx())
                + String.format("rsi=%016x rdi=%016x rsp=%016x rbp=%016x%n", rsi(), rdi(), rsp(), rbp())
                + String.format("r8 =%016x r9 =%016x r10=%016x r11=%016x%n", r8(), r9(), r10(), r11())
                + String.format("r12=%016x r13=%016x r14=%016x r15=%016x", r12(), r13(), r14(), r15());
    }
}
