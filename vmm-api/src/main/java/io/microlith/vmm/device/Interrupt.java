// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.device;

import org.jspecify.annotations.Nullable;

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

    /** Written out, as is {@link #hashCode}: what a record has by itself is linked at run time, late in every start. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Interrupt that && gsi == that.gsi && trigger == that.trigger;
    }

    @Override
    public int hashCode() {
        return gsi;
    }
}
