// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/**
 * How a machine notes which pages of its RAM are written, so that a snapshot of what has changed need not look at all
 * of it. What a host cannot do is done in the next simpler way.
 */
public enum WriteTracking {
    /** Not at all: to find out, memory is compared with what it was. The guest runs as fast as it can. */
    NONE,
    /**
     * By a bitmap of the hypervisor's, {@link Capability#DIRTY_LOG}: the guest's first write to a page after each
     * snapshot is a fault, and its memory is mapped by small pages.
     */
    LOG,
    /**
     * By a ring of each vCPU's, {@link Capability#DIRTY_RING}: the same faults, and to collect them takes time for the
     * pages that were written and not for all of memory.
     */
    RING
}
