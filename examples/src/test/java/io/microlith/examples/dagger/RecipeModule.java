// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import io.microlith.vmm.VmConfig;
import io.microlith.vmm.bus.BusHandler;
import io.microlith.vmm.bus.MmioDevice;
import io.microlith.vmm.bus.PioDevice;
import io.microlith.vmm.device.NamedDevice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The part of a recipe that every VM has. */
@Module
final class RecipeModule {
    private final Recipe recipe;

    RecipeModule(Recipe recipe) {
        this.recipe = recipe;
    }

    @Provides
    VmConfig config() {
        return recipe.config;
    }

    @Provides
    @ElementsIntoSet
    Set<NamedDevice> devices() {
        Map<String, Integer> next = new HashMap<>();
        Set<NamedDevice> named = new HashSet<>();
        recipe.devices.forEach(spec -> named.add(spec.named(next.merge(spec.type(), 1, Integer::sum) - 1)));
        return named;
    }

    @Provides
    @ElementsIntoSet
    Set<BusHandler<MmioDevice>> mmio() {
        return new HashSet<>(recipe.mmio);
    }

    @Provides
    @ElementsIntoSet
    Set<BusHandler<PioDevice>> pio() {
        return new HashSet<>(recipe.pio);
    }
}
