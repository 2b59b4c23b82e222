// SPDX-License-Identifier: Apache-2.0
package io.microlith.benchmarks.exit;

/** How the guest leaves the guest. */
public enum ExitKind {
    /** A byte to a port. */
    PIO("pio"),
    /** Four bytes to memory with a device behind it. */
    MMIO("mmio");

    private final String command;

    ExitKind(String command) {
        this.command = command;
    }

    /** What the baseline in C calls it. */
    String command() {
        return command;
    }
}
