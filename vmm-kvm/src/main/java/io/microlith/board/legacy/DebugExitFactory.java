// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes exit ports. In text, {@code port} is the number of the first, by default {@code 0xf4}. */
public final class DebugExitFactory implements DeviceFactory<DebugExitConfig, NoState> {
    /** Makes a factory. */
    public DebugExitFactory() {}

    @Override
    public String type() {
        return "debug-exit";
    }

    @Override
    public DebugExitConfig configure(Map<String, String> options) {
        Options given = Options.of(type(), options);
        DebugExitConfig config = new DebugExitConfig(given.takePort("port", DebugExitConfig.PORT));
        given.requireNone();
        return config;
    }

    @Override
    public Device create(DebugExitConfig config, DeviceContext context) {
        return new DebugExitDevice(config, context);
    }

    @Override
    public Device restore(DebugExitConfig config, NoState state, DeviceContext context) {
        return new DebugExitDevice(config, context);
    }

    @Override
    public NoState read(StateReader reader) {
        return new NoState();
    }
}
