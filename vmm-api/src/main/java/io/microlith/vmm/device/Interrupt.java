// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

/**
 * An input of the guest's interrupt controller.
 *
 * @param gsi its global system interrupt number
 * @param trigger how it takes its line
 */
public record Interrupt(int gsi, Trigger trigger) {
    /** Refuses a negative number. */
    public Interrupt {
        if (gsi < 0) {
            throw new IllegalArgumentException("gsi=" + gsi);
        }
    }
}
