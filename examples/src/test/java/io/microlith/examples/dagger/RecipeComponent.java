// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.BindsInstance;
import dagger.Component;
import io.microlith.vmm.Board;
import io.microlith.vmm.Hypervisor;
import io.microlith.vmm.Vm;
import io.microlith.vmm.dagger.VmModule;
import io.microlith.vmm.dagger.VmScope;

/** A VM with all that a component can bind. */
@VmScope
@Component(modules = {VmModule.class, RecipeModule.class, RecipeOptionsModule.class})
interface RecipeComponent {
    Vm vm();

    @Component.Factory
    interface Factory {
        RecipeComponent create(
                @BindsInstance Hypervisor hypervisor,
                @BindsInstance Board board,
                RecipeModule recipe,
                RecipeOptionsModule options);
    }
}
