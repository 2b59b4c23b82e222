// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.microlith.kvm.abi.KvmExit;
import io.microlith.kvm.abi.KvmIoctl;
import io.microlith.kvm.abi.KvmRunLayout;
import io.microlith.kvm.abi.KvmTranslationLayout;
import io.microlith.linux.Errno;
import io.microlith.vmm.VcpuFault;
import io.microlith.vmm.memory.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Says in words why a vCPU stopped. Throws nothing: what cannot be read is said to be so.
 *
 * @param errno why {@code KVM_RUN} failed, or 0 if it did not
 * @param memory the guest's memory, for the bytes at the instruction pointer
 */
record FaultReport(
        KvmVcpu vcpu, KvmRun run, int errno, @Nullable GuestMemory memory) {
    /** The longest x86 instruction. */
    private static final int LONGEST_INSTRUCTION = 15;

    VcpuFault make() {
        KvmRegisters registers = new KvmRegisters();
        String dump;
        try {
            dump = registers.load(vcpu) + "\n" + new KvmSpecialRegisters().load(vcpu);
        } catch (KvmException e) {
            return new VcpuFault(vcpu.index(), reason(), "", "registers: " + e.getMessage());
        }
        return new VcpuFault(vcpu.index(), reason(), instruction(registers.rip()), dump);
    }

    private String reason() {
        if (errno != 0) {
            return "KVM_RUN failed: " + Errno.describe(errno);
        }
        int reason = run.exitReason();
        String detail = switch (reason) {
            case KvmExit.UNKNOWN -> "hardware_exit_reason=" + hex(longAt(KvmRunLayout.HARDWARE_EXIT_REASON));
            case KvmExit.FAIL_ENTRY ->
                "hardware_entry_failure_reason=" + hex(longAt(KvmRunLayout.HARDWARE_ENTRY_FAILURE_REASON));
            case KvmExit.INTERNAL_ERROR -> "suberror=" + intAt(KvmRunLayout.INTERNAL_SUBERROR);
            case KvmExit.SYSTEM_EVENT -> "type=" + intAt(KvmRunLayout.SYSTEM_EVENT_TYPE);
            case KvmExit.HYPERCALL -> "nr=" + hex(longAt(KvmRunLayout.HYPERCALL_NR));
            case KvmExit.IO, KvmExit.MMIO -> run.copy().toString();
            default -> "";
        };
        return KvmExit.name(reason) + (detail.isEmpty() ? "" : " [" + detail + "]");
    }

    private String instruction(long rip) {
        boolean reported = errno == 0
                && run.exitReason() == KvmExit.INTERNAL_ERROR
                && intAt(KvmRunLayout.INTERNAL_SUBERROR) == KvmExit.INTERNAL_ERROR_EMULATION
                // The flags and the bytes are two words of data and more: an older KVM has none.
                && intAt(KvmRunLayout.INTERNAL_NDATA) >= 3
                && (longAt(KvmRunLayout.EMULATION_FLAGS) & KvmExit.EMULATION_FLAG_INSTRUCTION_BYTES) != 0;
        byte[] bytes = reported ? fromKvm() : fromMemory(rip);
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    private byte[] fromKvm() {
        int size = Math.clamp(run.page().get(JAVA_BYTE, KvmRunLayout.EMULATION_INSN_SIZE), 0, LONGEST_INSTRUCTION);
        return run.page().asSlice(KvmRunLayout.EMULATION_INSN_BYTES, size).toArray(JAVA_BYTE);
    }

    private byte[] fromMemory(long rip) {
        if (memory == null) {
            return new byte[0];
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment translation = arena.allocate(KvmTranslationLayout.SIZE, Long.BYTES);
            translation.set(JAVA_LONG, KvmTranslationLayout.LINEAR_ADDRESS, linear(rip));
            int result = vcpu.file().tryCall(KvmIoctl.KVM_TRANSLATE, translation);
            long gpa = translation.get(JAVA_LONG, KvmTranslationLayout.PHYSICAL_ADDRESS);
            boolean valid = result >= 0 && translation.get(JAVA_BYTE, KvmTranslationLayout.VALID) != 0;
            // Up to the end of the page: what follows it may be elsewhere.
            int length = (int) Math.min(LONGEST_INSTRUCTION, 4096 - (gpa & 4095));
            if (!valid || !memory.contains(gpa, length)) {
                return new byte[0];
            }
            byte[] bytes = new byte[length];
            memory.read(gpa, bytes, 0, length);
            return bytes;
        }
    }

    /** CS has a base outside 64-bit mode. */
    private long linear(long rip) {
        Segment cs = new KvmSpecialRegisters().load(vcpu).cs();
        return (cs.attributes() & Segment.LONG) != 0 ? rip : cs.base() + rip;
    }

    private int intAt(long offset) {
        return run.page().get(JAVA_INT, offset);
    }

    private long longAt(long offset) {
        return run.page().get(JAVA_LONG, offset);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
