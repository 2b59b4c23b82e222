// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes power management hardware. There are no options in text. */
public final class PowerManagementFactory implements DeviceFactory<PowerManagementConfig, PowerManagementState> {
    /** Makes a factory. */
    public PowerManagementFactory() {}

    @Override
    public String type() {
        return "pm";
    }

    @Override
    public PowerManagementConfig configure(Map<String, String> options) {
        Options.of(type(), options).requireNone();
        return PowerManagementConfig.system();
    }

    @Override
    public Device create(PowerManagementConfig config, DeviceContext context) {
        return new PowerManagementDevice(config, PowerManagementState.POWER_ON, context);
    }

    @Override
    public Device restore(PowerManagementConfig config, PowerManagementState state, DeviceContext context) {
        return new PowerManagementDevice(config, state.checked(), context);
    }

    @Override
    public PowerManagementState read(StateReader reader) {
        return PowerManagementState.read(reader);
    }
}
