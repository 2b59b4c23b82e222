// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

/** Whether a VM may have more memory than its host. */
public enum Overcommit {
    /** It may not: a size above the host's RAM, or what the process's control group may have, is an error. */
    REFUSE,
    /**
     * It may. The guest's memory costs the host only what was touched; when the host has no more to give, its kernel
     * ends some process, this one perhaps.
     */
    ALLOW
}
