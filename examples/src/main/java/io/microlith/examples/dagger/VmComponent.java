// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.BindsInstance;
import dagger.Subcomponent;
import io.microlith.board.dagger.PcModule;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.dagger.ExtraDevices;
import io.microlith.vmm.dagger.VmModule;
import io.microlith.vmm.dagger.VmScope;

/** What there is once in a VM: a PC with a serial port. A device more is a module more. */
@VmScope
@Subcomponent(modules = {VmModule.class, PcModule.class, ConsoleModule.class})
public interface VmComponent {
    /** The VM; whoever takes it closes it. */
    Vm vm();

    /** Makes the component of a VM from what is known only when it is made. */
    @Subcomponent.Factory
    interface Factory {
        /** Makes the component. */
        VmComponent create(
                @BindsInstance VmConfig config, @BindsInstance BootSource boot, @BindsInstance ExtraDevices extra);
    }
}
