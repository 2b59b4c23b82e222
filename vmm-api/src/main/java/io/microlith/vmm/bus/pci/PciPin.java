// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.bus.pci;

/** The interrupt pin a function uses. */
public enum PciPin {
    /** No pin: the function has message-signalled interrupts or none. */
    NONE(0),
    /** INTA#, the one of a device with a single function. */
    A(1),
    /** INTB#. */
    B(2),
    /** INTC#. */
    C(3),
    /** INTD#. */
    D(4);

    private final int number;

    PciPin(int number) {
        this.number = number;
    }

    /** The value of the Interrupt Pin register: 0 for none, 1 to 4 for A to D. */
    public int number() {
        return number;
    }
}
