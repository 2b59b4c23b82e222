// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.Component;
import io.microlith.kvm.dagger.KvmModule;
import io.microlith.vmm.Hypervisor;
import jakarta.inject.Singleton;

/** What there is once in a process: the hypervisor. */
@Singleton
@Component(modules = KvmModule.class)
public interface HypervisorComponent {
    /** The hypervisor; whoever takes it closes it. */
    Hypervisor hypervisor();

    /** Makes the component of a VM. */
    VmComponent.Factory vms();
}
