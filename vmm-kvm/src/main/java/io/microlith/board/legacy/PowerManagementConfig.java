// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import java.util.function.LongSupplier;

/**
 * What an embedder decides about power management.
 *
 * @param nanoClock a clock that never goes back, in nanoseconds from anywhere: what the timer counts by
 */
public record PowerManagementConfig(LongSupplier nanoClock) {
    /** The host's clock. */
    public static PowerManagementConfig system() {
        return new PowerManagementConfig(System::nanoTime);
    }
}
