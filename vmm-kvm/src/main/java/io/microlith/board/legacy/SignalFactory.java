// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes signal ports. In text, {@code port} is the port's number, by default {@code 0xf5}. */
public final class SignalFactory implements DeviceFactory<SignalConfig, NoState> {
    /** Makes a factory. */
    public SignalFactory() {}

    @Override
    public String type() {
        return "signal";
    }

    @Override
    public SignalConfig configure(Map<String, String> options) {
        Options given = Options.of(type(), options);
        SignalConfig config = new SignalConfig(given.takePort("port", SignalConfig.PORT));
        given.requireNone();
        return config;
    }

    @Override
    public Device create(SignalConfig config, DeviceContext context) {
        return new SignalDevice(config, context);
    }

    @Override
    public Device restore(SignalConfig config, NoState state, DeviceContext context) {
        return new SignalDevice(config, context);
    }

    @Override
    public NoState read(StateReader reader) {
        return new NoState();
    }
}
