// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_run}: the page a vCPU shares with this process. The exits are a union. */
public final class KvmRunLayout {
    /** {@code __u8 immediate_exit}. */
    public static final int IMMEDIATE_EXIT = 1;

    /** {@code __u32 exit_reason}. */
    public static final int EXIT_REASON = 8;

    /** {@code __u8 ready_for_interrupt_injection}. */
    public static final int READY_FOR_INTERRUPT_INJECTION = 12;

    /** {@code __u64 hw.hardware_exit_reason}. */
    public static final int HARDWARE_EXIT_REASON = 32;

    /** {@code __u64 fail_entry.hardware_entry_failure_reason}. */
    public static final int HARDWARE_ENTRY_FAILURE_REASON = 32;

    /** {@code __u8 io.direction}. */
    public static final int IO_DIRECTION = 32;

    /** {@code __u8 io.size}. */
    public static final int IO_SIZE = 33;

    /** {@code __u16 io.port}. */
    public static final int IO_PORT = 34;

    /** {@code __u32 io.count}. */
    public static final int IO_COUNT = 36;

    /** {@code __u64 io.data_offset}. */
    public static final int IO_DATA_OFFSET = 40;

    /** {@code __u64 mmio.phys_addr}. */
    public static final int MMIO_PHYS_ADDR = 32;

    /** {@code __u8 mmio.data[8]}. */
    public static final int MMIO_DATA = 40;

    /** {@code __u32 mmio.len}. */
    public static final int MMIO_LEN = 48;

    /** {@code __u8 mmio.is_write}. */
    public static final int MMIO_IS_WRITE = 52;

    /** {@code __u32 debug.arch.exception}. */
    public static final int DEBUG_EXCEPTION = 32;

    /** {@code __u64 debug.arch.pc}. */
    public static final int DEBUG_PC = 40;

    /** {@code __u64 debug.arch.dr6}. */
    public static final int DEBUG_DR6 = 48;

    /** {@code __u64 hypercall.nr}. */
    public static final int HYPERCALL_NR = 32;

    /** {@code __u32 internal.suberror}. */
    public static final int INTERNAL_SUBERROR = 32;

    /** {@code __u32 internal.ndata}. */
    public static final int INTERNAL_NDATA = 36;

    /** {@code __u64 internal.data[16]}. */
    public static final int INTERNAL_DATA = 40;

    /** {@code __u64 emulation_failure.flags}. */
    public static final int EMULATION_FLAGS = 40;

    /** {@code __u8 emulation_failure.insn_size}. */
    public static final int EMULATION_INSN_SIZE = 48;

    /** {@code __u8 emulation_failure.insn_bytes[15]}. */
    public static final int EMULATION_INSN_BYTES = 49;

    /** {@code __u32 system_event.type}. */
    public static final int SYSTEM_EVENT_TYPE = 32;

    /** {@code __u8 eoi.vector}. */
    public static final int EOI_VECTOR = 32;

    /** The size of the struct in bytes. */
    public static final int SIZE = 2352;

    private KvmRunLayout() {}
}
