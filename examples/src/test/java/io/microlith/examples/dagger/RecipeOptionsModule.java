// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoMap;
import dagger.multibindings.StringKey;
import io.microlith.vmm.BootSource;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.dagger.ExtraDevices;
import io.microlith.vmm.device.DeviceFactory;

/** The part of a recipe that a VM can do without. */
@Module
final class RecipeOptionsModule {
    private final Recipe recipe;

    RecipeOptionsModule(Recipe recipe) {
        this.recipe = recipe;
    }

    @Provides
    BootSource boot() {
        return recipe.boot;
    }

    @Provides
    VmListener listener() {
        return recipe.listener;
    }

    @Provides
    ExtraDevices extra() {
        return new ExtraDevices(recipe.extra);
    }

    /** A factory that only the object graph knows. */
    @Provides
    @IntoMap
    @StringKey("graph-window")
    static DeviceFactory<?, ?> window() {
        return new WindowFactory("graph-window");
    }
}
