// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

/** Where a global system interrupt goes. */
public sealed interface IrqRoute {
    /** The interrupt's number: what lines and irqfds name. */
    int gsi();

    /** An interrupt controller in the kernel, by KVM's number ({@code KVM_IRQCHIP_*}). */
    enum Chip {
        /** The first 8259A. */
        PIC_PRIMARY(0),
        /** The second 8259A. */
        PIC_SECONDARY(1),
        /** The I/O APIC. */
        IO_APIC(2);

        private final int number;

        Chip(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /**
     * To an input of an interrupt controller.
     *
     * @param pin its number there, from 0
     */
    record Pin(int gsi, Chip chip, int pin) implements IrqRoute {}

    /**
     * To a local APIC, as a message.
     *
     * @param address the message's address
     * @param data the message
     */
    record Msi(int gsi, long address, int data) implements IrqRoute {}
}
