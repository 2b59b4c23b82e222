// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm.memory;

/** What pages of the host are behind guest memory. */
public enum PageBacking {
    /** Pages of 4 KiB, each taken from the host when it is first touched. */
    SMALL,
    /** As {@link #SMALL}, but the kernel is asked to use 2 MiB pages where it can. */
    TRANSPARENT_HUGE,
    /** 2 MiB pages from the host's hugetlb pool. Sizes and addresses are multiples of 2 MiB. */
    HUGE_2M
}
