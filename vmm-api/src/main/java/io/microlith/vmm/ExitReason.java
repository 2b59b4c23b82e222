// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** Why a vCPU left the guest. */
public enum ExitReason {
    /** The guest accessed memory with a device behind it. */
    MMIO,
    /** The guest accessed a port. */
    PIO,
    /** The vCPU was kicked, or a signal came. */
    INTERRUPTED,
    /** The guest waits for an interrupt, and the interrupt controller is not in the hypervisor. */
    HALTED,
    /** The processor shut down: a triple fault. */
    TRIPLE_FAULT,
    /** The hypervisor met an instruction that it had to emulate and could not. */
    EMULATION_FAILED,
    /** The hypervisor could not enter the guest with the state the vCPU has. */
    ENTRY_FAILED,
    /** The guest asked the platform to switch off. */
    SYSTEM_SHUTDOWN,
    /** The guest asked the platform to start again. */
    SYSTEM_RESET,
    /** The guest told the platform that its kernel crashed. */
    SYSTEM_CRASH,
    /** A breakpoint or single step, set by this process. */
    DEBUG,
    /** The ring of dirty pages is full. */
    DIRTY_RING_FULL,
    /** The guest made a hypercall that the hypervisor passes on. */
    HYPERCALL,
    /** The guest ended an interrupt of an interrupt controller that is not in the hypervisor. */
    END_OF_INTERRUPT,
    /** Any other: {@link Vcpu#fault} names it. */
    OTHER,
    /** The host could not run the vCPU at all: {@link Vcpu#fault} names the error. */
    HOST_ERROR
}
