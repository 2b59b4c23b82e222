// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.abi;

/** {@code struct kvm_vcpu_events}. */
public final class KvmVcpuEventsLayout {
    /** {@code __u8 exception.injected}. */
    public static final long EXCEPTION_INJECTED = 0;

    /** {@code __u8 exception.nr}. */
    public static final long EXCEPTION_NR = 1;

    /** {@code __u8 interrupt.injected}. */
    public static final long INTERRUPT_INJECTED = 8;

    /** {@code __u8 interrupt.nr}. */
    public static final long INTERRUPT_NR = 9;

    /** {@code __u8 nmi.injected}. */
    public static final long NMI_INJECTED = 12;

    /** {@code __u8 nmi.pending}. */
    public static final long NMI_PENDING = 13;

    /** {@code __u32 sipi_vector}. */
    public static final long SIPI_VECTOR = 16;

    /** {@code __u32 flags}. */
    public static final long FLAGS = 20;

    /** {@code __u8 triple_fault.pending}. */
    public static final long TRIPLE_FAULT_PENDING = 28;

    /** The size of the struct in bytes. */
    public static final long SIZE = 64;

    private KvmVcpuEventsLayout() {}
}
