// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.acpi;

import io.microlith.vmm.device.Interrupt;
import io.microlith.vmm.device.Trigger;
import io.microlith.vmm.error.ConfigException;

/**
 * A legacy interrupt that is not wired the usual way, which is edge-triggered to the I/O APIC input of the same number.
 *
 * @param irq the legacy interrupt, 0 to 15
 * @param input where it is wired to, and how; active high
 */
public record InterruptOverride(int irq, Interrupt input) {
    /** Refuses interrupts that do not exist. */
    public InterruptOverride {
        if (irq < 0 || irq > 15) {
            throw new ConfigException("interrupts", "no legacy interrupt [irq=" + irq + " input=" + input + "]");
        }
    }

    /** A legacy interrupt at the input of its own number that stays asserted until the device is served. */
    public static InterruptOverride level(int irq) {
        return new InterruptOverride(irq, new Interrupt(irq, Trigger.LEVEL));
    }
}
