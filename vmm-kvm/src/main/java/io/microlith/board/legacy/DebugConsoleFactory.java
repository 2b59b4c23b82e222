// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/**
 * Makes debug consoles. In text, {@code port} is the port's number, by default {@code 0xe9}; the output is the
 * process's standard output.
 */
public final class DebugConsoleFactory implements DeviceFactory<DebugConsoleConfig, NoState> {
    /** Makes a factory. */
    public DebugConsoleFactory() {}

    @Override
    public String type() {
        return "debug-console";
    }

    @Override
    public DebugConsoleConfig configure(Map<String, String> options) {
        Options given = Options.of(type(), options);
        DebugConsoleConfig config = new DebugConsoleConfig(given.takePort("port", DebugConsoleConfig.PORT), System.out);
        given.requireNone();
        return config;
    }

    @Override
    public Device create(DebugConsoleConfig config, DeviceContext context) {
        return new DebugConsoleDevice(config, context);
    }

    @Override
    public Device restore(DebugConsoleConfig config, NoState state, DeviceContext context) {
        return new DebugConsoleDevice(config, context);
    }

    @Override
    public NoState read(StateReader reader) {
        return new NoState();
    }
}
