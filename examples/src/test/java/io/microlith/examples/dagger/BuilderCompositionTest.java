// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.dagger;

import io.microlith.vmm.Board;
import io.microlith.vmm.Vm;
import io.microlith.vmm.VmBuilder;

class BuilderCompositionTest extends CompositionContract {
    @Override
    Vm compose(Recipe recipe, Board board) {
        VmBuilder builder = builder(recipe, board).boot(recipe.boot).listener(recipe.listener);
        recipe.devices.forEach(builder::device);
        recipe.extra.forEach(builder::device);
        recipe.mmio.forEach(
                handler -> builder.mmio(handler.range().base(), handler.range().size(), handler.device()));
        recipe.pio.forEach(handler ->
                builder.pio((int) handler.range().base(), (int) handler.range().size(), handler.device()));
        return builder.build();
    }

    @Override
    Vm composeBare(Recipe recipe, Board board) {
        return builder(recipe, board).build();
    }

    private VmBuilder builder(Recipe recipe, Board board) {
        return VmBuilder.on(hypervisor)
                .board(board)
                .id(recipe.config.id())
                .memory(recipe.config.memory())
                .vcpus(recipe.config.vcpus());
    }
}
