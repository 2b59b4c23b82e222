// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import io.microlith.testkit.BrokenState;
import io.microlith.testkit.FakeDeviceContext;
import io.microlith.testkit.SnapshotContract;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.ByteString;
import java.util.List;
import java.util.UUID;

class GenerationStateTest extends SnapshotContract<GenerationConfig, GenerationState> {
    @Override
    protected DeviceFactory<GenerationConfig, GenerationState> factory() {
        return new GenerationFactory();
    }

    @Override
    protected GenerationConfig config() {
        return new GenerationConfig(0xf_f000, () -> new UUID(1, 2));
    }

    @Override
    protected void use(Device device, FakeDeviceContext guest) {
        GenerationDevice generation = (GenerationDevice) device;
        generation.resume();
        generation.change(new UUID(0, generation.save().generation().at(15) + 1L));
    }

    @Override
    protected List<BrokenState<GenerationState>> broken(GenerationState valid) {
        ByteString bytes = valid.generation();
        return List.of(
                new BrokenState<>("address", new GenerationState(0xf_f001, bytes, 0)),
                new BrokenState<>("address", new GenerationState(-8, bytes, 0)),
                new BrokenState<>("address", new GenerationState(FakeDeviceContext.MEMORY_SIZE - 8, bytes, 0)),
                new BrokenState<>("generation", new GenerationState(0, ByteString.EMPTY, 0)),
                new BrokenState<>("generation", new GenerationState(0, ByteString.of(new byte[17]), 0)),
                new BrokenState<>("untold", new GenerationState(0, bytes, 2)),
                new BrokenState<>("untold", new GenerationState(0, bytes, -1)));
    }

    /** A machine that is reset is the same machine. */
    @Override
    protected GenerationState afterReset(GenerationState used, GenerationState created) {
        return used;
    }
}
