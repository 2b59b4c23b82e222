// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

import java.util.BitSet;

/** The pages of RAM that a guest has written, as its hypervisor noted them. */
@FunctionalInterface
public interface WriteLog {
    /**
     * Takes what was noted since the last time. While no vCPU runs.
     *
     * @return pages of 4 KiB by number, counted over all regions of RAM in their order; the caller's own
     * @throws io.microlith.vmm.error.HypervisorException if the host fails
     */
    BitSet take();
}
