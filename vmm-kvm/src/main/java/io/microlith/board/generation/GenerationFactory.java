// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.generation;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes the device of a machine's generation. It is a board's, for firmware tables say where it is. */
public final class GenerationFactory implements DeviceFactory<GenerationConfig, GenerationState> {
    /** Makes a factory. */
    public GenerationFactory() {}

    @Override
    public String type() {
        return "vmgenid";
    }

    /** There is nothing to configure in text: refused. */
    @Override
    public GenerationConfig configure(Map<String, String> options) {
        throw new ConfigException(type(), "is a part of a board: leave it to that");
    }

    @Override
    public Device create(GenerationConfig config, DeviceContext context) {
        return new GenerationDevice(GenerationDevice.atPowerOn(config), context);
    }

    @Override
    public Device restore(GenerationConfig config, GenerationState state, DeviceContext context) {
        return new GenerationDevice(state.checked(context.memory()), context);
    }

    /** One of another generation, of which the guest hears when it goes on. */
    @Override
    public Device restoreClone(GenerationConfig config, GenerationState state, DeviceContext context) {
        return new GenerationDevice(GenerationDevice.ofClone(config, state.checked(context.memory())), context);
    }

    @Override
    public GenerationState read(StateReader reader) {
        return GenerationState.read(reader);
    }
}
