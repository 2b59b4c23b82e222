// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** Why {@code KVM_RUN} returned: the values of {@code exit_reason} in {@code struct kvm_run}. */
public final class KvmExit {
    /** KVM_EXIT_UNKNOWN. */
    public static final int UNKNOWN = 0;
    /** KVM_EXIT_EXCEPTION. */
    public static final int EXCEPTION = 1;
    /** KVM_EXIT_IO. */
    public static final int IO = 2;
    /** KVM_EXIT_HYPERCALL. */
    public static final int HYPERCALL = 3;
    /** KVM_EXIT_DEBUG. */
    public static final int DEBUG = 4;
    /** KVM_EXIT_HLT. */
    public static final int HLT = 5;
    /** KVM_EXIT_MMIO. */
    public static final int MMIO = 6;
    /** KVM_EXIT_IRQ_WINDOW_OPEN. */
    public static final int IRQ_WINDOW_OPEN = 7;
    /** KVM_EXIT_SHUTDOWN. */
    public static final int SHUTDOWN = 8;
    /** KVM_EXIT_FAIL_ENTRY. */
    public static final int FAIL_ENTRY = 9;
    /** KVM_EXIT_INTR. */
    public static final int INTR = 10;
    /** KVM_EXIT_INTERNAL_ERROR. */
    public static final int INTERNAL_ERROR = 17;
    /** KVM_EXIT_SYSTEM_EVENT. */
    public static final int SYSTEM_EVENT = 24;
    /** KVM_EXIT_IOAPIC_EOI. */
    public static final int IOAPIC_EOI = 26;
    /** KVM_EXIT_DIRTY_RING_FULL. */
    public static final int DIRTY_RING_FULL = 31;

    /** KVM_EXIT_IO_OUT, a direction in {@code struct kvm_run}'s {@code io}. */
    public static final int IO_OUT = 1;

    /** KVM_INTERNAL_ERROR_EMULATION, a suberror. */
    public static final int INTERNAL_ERROR_EMULATION = 1;
    /** KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES. */
    public static final long EMULATION_FLAG_INSTRUCTION_BYTES = 1;

    /** KVM_SYSTEM_EVENT_SHUTDOWN, a type of system event. */
    public static final int SYSTEM_EVENT_SHUTDOWN = 1;
    /** KVM_SYSTEM_EVENT_RESET. */
    public static final int SYSTEM_EVENT_RESET = 2;
    /** KVM_SYSTEM_EVENT_CRASH. */
    public static final int SYSTEM_EVENT_CRASH = 3;

    private static final String[] NAMES = {
        "KVM_EXIT_UNKNOWN",
        "KVM_EXIT_EXCEPTION",
        "KVM_EXIT_IO",
        "KVM_EXIT_HYPERCALL",
        "KVM_EXIT_DEBUG",
        "KVM_EXIT_HLT",
        "KVM_EXIT_MMIO",
        "KVM_EXIT_IRQ_WINDOW_OPEN",
        "KVM_EXIT_SHUTDOWN",
        "KVM_EXIT_FAIL_ENTRY",
        "KVM_EXIT_INTR",
        "KVM_EXIT_SET_TPR",
        "KVM_EXIT_TPR_ACCESS",
        "KVM_EXIT_S390_SIEIC",
        "KVM_EXIT_S390_RESET",
        "KVM_EXIT_DCR",
        "KVM_EXIT_NMI",
        "KVM_EXIT_INTERNAL_ERROR",
        "KVM_EXIT_OSI",
        "KVM_EXIT_PAPR_HCALL",
        "KVM_EXIT_S390_UCONTROL",
        "KVM_EXIT_WATCHDOG",
        "KVM_EXIT_S390_TSCH",
        "KVM_EXIT_EPR",
        "KVM_EXIT_SYSTEM_EVENT",
        "KVM_EXIT_S390_STSI",
        "KVM_EXIT_IOAPIC_EOI",
        "KVM_EXIT_HYPERV",
        "KVM_EXIT_ARM_NISV",
        "KVM_EXIT_X86_RDMSR",
        "KVM_EXIT_X86_WRMSR",
        "KVM_EXIT_DIRTY_RING_FULL",
        "KVM_EXIT_AP_RESET_HOLD",
        "KVM_EXIT_X86_BUS_LOCK",
        "KVM_EXIT_XEN",
        "KVM_EXIT_RISCV_SBI",
        "KVM_EXIT_RISCV_CSR",
        "KVM_EXIT_NOTIFY",
        "KVM_EXIT_LOONGARCH_IOCSR",
        "KVM_EXIT_MEMORY_FAULT",
        "KVM_EXIT_TDX"
    };

    private KvmExit() {}

    /** The name of an exit reason in {@code linux/kvm.h}, or its number if it is newer than this class. */
    public static String name(int reason) {
        return reason >= 0 && reason < NAMES.length ? NAMES[reason] : "KVM_EXIT " + reason;
    }
}
