// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** Where a VM is in its life. */
public enum VmState {
    /** Built and not started. */
    CREATED,
    /** Guest code runs. */
    RUNNING,
    /** No vCPU runs until the VM is resumed. */
    PAUSED,
    /** It has an outcome, and no vCPU runs any more. */
    ENDED,
    /** It gave back what it held of the host. */
    CLOSED
}
