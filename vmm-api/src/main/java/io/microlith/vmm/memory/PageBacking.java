// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

/** What pages of the host are behind guest memory, and whether another process can be given them. */
public enum PageBacking {
    /** Pages of 4 KiB of a memfd, which can be shared; each is taken from the host when it is first touched. */
    SMALL,
    /**
     * Memory of this process alone, of which the host takes 2 MiB at a time where it can, and 4 KiB elsewhere. The
     * fastest for a guest that uses most of its memory, as a kernel with its start does: far fewer faults, and page
     * tables of one level less.
     */
    TRANSPARENT_HUGE,
    /**
     * Pages of 4 KiB of this process alone, in place of which those of a machine that was saved can come; see
     * {@link io.microlith.vmm.FrozenVm#become}.
     */
    PRIVATE,
    /**
     * Pages of 2 MiB of a memfd, which can be shared, from the host's hugetlb pool. Sizes and addresses are multiples
     * of 2 MiB.
     */
    HUGE_2M
}
