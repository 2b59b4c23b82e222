// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.boot;

/** The mode in which a processor enters a kernel. Interrupts are off in all of them. */
public enum CpuMode {
    /** Real mode: 16 bits, segments, no paging. All other segments are as the code segment. */
    REAL_16,
    /** Protected mode with flat 4 GiB segments, 32 bits, ring 0, paging off. */
    PROTECTED_32,
    /** Long mode with flat segments, ring 0, and page tables that map the first 4 GiB to themselves. */
    LONG_64,
    /**
     * As {@link #LONG_64}, but in ring 3, on pages that ring 3 may use, with port I/O allowed. For small guests that do
     * their work where a software hypervisor runs them natively.
     */
    LONG_64_USER
}
