// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.BindsInstance;
import dagger.Component;
import io.microlith.vmm.Board;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.dagger.VmModule;
import io.microlith.vmm.dagger.VmScope;

/** A VM with nothing that a component need not bind. */
@VmScope
@Component(modules = VmModule.class)
interface BareComponent {
    Vm vm();

    @Component.Factory
    interface Factory {
        BareComponent create(
                @BindsInstance Hypervisor hypervisor, @BindsInstance Board board, @BindsInstance VmConfig config);
    }
}
