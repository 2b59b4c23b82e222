// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.pci;

import io.microlith.vmm.bus.pci.PciAddress;
import io.microlith.vmm.bus.pci.PciPin;
import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;

/**
 * Which interrupt input each pin of each PCI device is wired to: four inputs in a row, and device {@code d} starts with
 * input {@code d % 4}, so that the pins A of neighbours do not share one.
 *
 * @param firstGsi the first of the four inputs
 */
public record IntxRouting(int firstGsi) {
    /** The number of inputs. */
    public static final int INPUTS = 4;

    private static final int AFTER_LEGACY = 16;

    /** Refuses a negative number. */
    public IntxRouting {
        if (firstGsi < 0) {
            throw new IllegalArgumentException("no global system interrupt [gsi=" + firstGsi + "]");
        }
    }

    /** The inputs 16 to 19, the first four an I/O APIC has beyond the legacy controllers'. */
    public static IntxRouting afterLegacy() {
        return new IntxRouting(AFTER_LEGACY);
    }

    /**
     * The input a pin is wired to.
     *
     * @param pin not {@link PciPin#NONE}
     */
    public Interrupt interrupt(PciAddress address, PciPin pin) {
        if (pin == PciPin.NONE) {
            throw new IllegalArgumentException("no pin is wired nowhere [address=" + address + "]");
        }
        int input = (address.device() + pin.number() - PciPin.A.number()) % INPUTS;
        return new Interrupt(firstGsi + input, Trigger.LEVEL);
    }
}
