// SPDX-License-Identifier: Apache-2.0
package io.microlith.vmm;

/** How {@link Hypervisor#open} finds hypervisors, by {@link java.util.ServiceLoader}. */
public interface HypervisorProvider {
    /**
     * Opens the hypervisor.
     *
     * @throws io.microlith.vmm.error.HypervisorException if this host cannot run it: what, why, and how to mend it
     */
    Hypervisor open();
}
