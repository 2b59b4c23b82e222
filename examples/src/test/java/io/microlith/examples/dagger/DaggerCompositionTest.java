// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.microlith.testkit.FakeBoard;
import io.microlith.testkit.FakeGuest;
import io.microlith.vmm.Board;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmAssembly;
import io.microlith.vmm.VmListener;
import io.microlith.vmm.device.DeviceId;
import io.microlith.vmm.device.NamedDevice;
import io.microlith.vmm.error.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaggerCompositionTest extends CompositionContract {
    @Override
    Vm compose(Recipe recipe, Board board) {
        return component(recipe, board).vm();
    }

    private RecipeComponent component(Recipe recipe, Board board) {
        return DaggerRecipeComponent.factory()
                .create(hypervisor, board, new RecipeModule(recipe), new RecipeOptionsModule(recipe));
    }

    @Override
    Vm composeBare(Recipe recipe, Board board) {
        return DaggerBareComponent.factory()
                .create(hypervisor, board, recipe.config)
                .vm();
    }

    @Test
    void vm_askedTwice_isTheSame() {
        RecipeComponent component = component(new Recipe(FakeGuest.idle(), VmListener.NONE), new FakeBoard());
        try (Vm vm = component.vm()) {
            assertThat(component.vm()).isSameAs(vm);
        }
    }

    @Test
    void extra_factoryOfTheObjectGraph_isFound() {
        Recipe recipe = new Recipe(FakeGuest.idle(), VmListener.NONE)
                .extra("graph-window")
                .extra("graph-window");
        try (Vm vm = compose(recipe, new FakeBoard())) {
            assertThat(vm.devices())
                    .map(device -> device.id().toString())
                    .containsExactly("graph-window0", "graph-window1");
        }
    }

    @Test
    void number_sameNameTwice_isRefused() {
        NamedDevice one = WindowFactory.window("a").named(1);
        NamedDevice other = WindowFactory.window("a").named(1);
        assertThatThrownBy(() -> VmAssembly.number(List.of(one, other), List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("device: two are called a1: give one another index");
    }

    @Test
    void number_namesWithGaps_areFilled() {
        assertThat(VmAssembly.number(
                                List.of(WindowFactory.window("a").named(1)),
                                List.of(WindowFactory.window("a"), WindowFactory.window("a")))
                        .keySet())
                .containsExactly(new DeviceId("a", 0), new DeviceId("a", 1), new DeviceId("a", 2));
    }

    @Test
    void namedDevice_nameOfAnotherType_isRefused() {
        assertThatThrownBy(() -> new NamedDevice(new DeviceId("b", 0), WindowFactory.window("a")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("device: b0 cannot be the name of a device of type 'a'");
    }
}
