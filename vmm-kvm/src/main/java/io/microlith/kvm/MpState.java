// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** What a vCPU does when it is run, with the local APIC in the kernel: {@code KVM_MP_STATE_*}, by number. */
public enum MpState {
    /** It runs. */
    RUNNABLE,
    /** It is an application processor that waits for INIT. */
    UNINITIALIZED,
    /** It got INIT and waits for a start-up message. */
    INIT_RECEIVED,
    /** It halted and waits for an interrupt. */
    HALTED,
    /** It got the start-up message. */
    SIPI_RECEIVED
}
