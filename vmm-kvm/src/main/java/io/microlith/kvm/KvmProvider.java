// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm;

import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.HypervisorProvider;

/** Has {@link Hypervisor#open} find KVM. */
public final class KvmProvider implements HypervisorProvider {
    /** For {@link java.util.ServiceLoader}. */
    public KvmProvider() {}

    @Override
    public Hypervisor open() {
        return KvmHypervisor.open();
    }
}
