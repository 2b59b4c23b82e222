// SPDX-License-Identifier: Apache-2.0
package io.microlith.examples.bell;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.error.ConfigException;
import io.microlith.vmm.memory.Size;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes bells. In text they have no options, and 64 KiB of memory. */
public final class BellFactory implements DeviceFactory<BellConfig, BellState> {
    /** Makes a factory. */
    public BellFactory() {}

    @Override
    public String type() {
        return "bell";
    }

    @Override
    public BellConfig configure(Map<String, String> options) {
        if (!options.isEmpty()) {
            throw new ConfigException("bell", "it has no options, and " + options.keySet() + " were given");
        }
        return new BellConfig(Size.kibibytes(64));
    }

    @Override
    public Device create(BellConfig config, DeviceContext context) {
        return new BellDevice(config, context);
    }

    @Override
    public Device restore(BellConfig config, BellState state, DeviceContext context) {
        return new BellDevice(config, context, state);
    }

    @Override
    public BellState read(StateReader reader) {
        return BellState.read(reader);
    }
}
