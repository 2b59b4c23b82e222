// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes panic ports. There are no options in text. */
public final class PvPanicFactory implements DeviceFactory<PvPanicConfig, NoState> {
    /** Makes a factory. */
    public PvPanicFactory() {}

    @Override
    public String type() {
        return "pvpanic";
    }

    @Override
    public PvPanicConfig configure(Map<String, String> options) {
        Options.of(type(), options).requireNone();
        return PvPanicConfig.standard();
    }

    @Override
    public Device create(PvPanicConfig config, DeviceContext context) {
        return new PvPanicDevice(config, context);
    }

    @Override
    public Device restore(PvPanicConfig config, NoState state, DeviceContext context) {
        return new PvPanicDevice(config, context);
    }

    @Override
    public NoState read(StateReader reader) {
        return new NoState();
    }
}
