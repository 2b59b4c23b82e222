// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.event;

/**
 * An interrupt input of the guest's interrupt controller, as a device sees it. Any thread; never blocks on the guest.
 */
public interface InterruptLine {
    /** Raises and lowers the line: one interrupt on an edge-triggered input. */
    void trigger();

    /** Sets the level of a level-triggered input: asserted until the device lowers it. */
    void setLevel(boolean asserted);
}
