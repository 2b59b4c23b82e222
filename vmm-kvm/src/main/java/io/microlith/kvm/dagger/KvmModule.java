// SPDX-License-Identifier: Apache-2.0
package io.microlith.kvm.dagger;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import io.microlith.kvm.KvmHypervisor;
import io.microlith.vmm.Hypervisor;
import jakarta.inject.Singleton;

/** Has a component provide KVM as its {@link Hypervisor}: one for all its VMs, which who asks for it closes. */
@Module
public interface KvmModule {
    /** KVM as any hypervisor. */
    @Binds
    Hypervisor hypervisor(KvmHypervisor kvm);

    /**
     * Opens KVM.
     *
     * @throws io.microlith.vmm.error.HypervisorException if this host cannot run it
     */
    @Provides
    @Singleton
    static KvmHypervisor kvm() {
        return KvmHypervisor.open();
    }
}
