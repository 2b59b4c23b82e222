// SPDX-License-Identifier: Apache-2.0
package io.microlith.board;

/** A part of a PC that a guest may be able to do without; see {@link PcBoard#without}. */
public enum PcPart {
    /**
     * The PCI bus: its host bridge, both ways to configuration space, and what ACPI says of it. A kernel that finds one
     * asks every slot of it, early and one exit at a time. Without it ACPI's reset register is the keyboard
     * controller's.
     */
    PCI,
    /**
     * The 8254 timer chip, with the speaker port, and what ACPI says of its own timer. A kernel that knows the
     * frequency of its TSC, from KVM's clock say, has the local APIC's timer instead, and does not read ACPI's an exit
     * at a time to check it; and the host takes a third less time to close a VM.
     */
    TIMER,
    /**
     * The clock with its CMOS memory. A kernel reads it register by register, and waits for its seconds; one that has
     * KVM's clock knows the time of day from there.
     */
    CLOCK,
    /**
     * The Virtual Machine Generation ID, and the interrupt that says that it is another one: how a guest learns that it
     * was restored as somebody else, and has to have random numbers of its own. See
     * {@link io.microlith.vmm.CloneIdentity}.
     */
    GENERATION
}
