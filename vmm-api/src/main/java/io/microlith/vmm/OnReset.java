// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** What a VM does when its guest asks for a reset. */
public enum OnReset {
    /** It starts again from power-on. */
    RESTART,
    /** It ends with {@link VmOutcome.Reset}. */
    END
}
