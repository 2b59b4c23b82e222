// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** What a hypervisor may offer beyond running a guest. Without one, this SDK takes a slower path to the same result. */
public enum Capability {
    /** Guest writes ring a notifier without an exit to user space. */
    IO_EVENT,
    /** Notifiers raise interrupts without a system call. */
    INTERRUPT_EVENT,
    /** Memory the guest can read and not write. */
    READ_ONLY_MEMORY,
    /** A bitmap of the pages the guest wrote. */
    DIRTY_LOG,
    /** A ring of the pages the guest wrote. */
    DIRTY_RING,
    /** Writes that are collected and handed over with the next exit. */
    COALESCED_IO,
    /** Counters of exits and their like, per VM and vCPU. */
    STATISTICS,
    /** Guest HALT without an exit to the host. */
    NO_HALT_EXIT,
    /** Memory can be mapped for the guest before it touches it. */
    PRE_FAULT
}
