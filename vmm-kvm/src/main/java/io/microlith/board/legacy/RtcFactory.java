// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes clocks. There are no options in text. */
public final class RtcFactory implements DeviceFactory<RtcConfig, RtcState> {
    /** Makes a factory. */
    public RtcFactory() {}

    @Override
    public String type() {
        return "rtc";
    }

    @Override
    public RtcConfig configure(Map<String, String> options) {
        Options.of(type(), options).requireNone();
        return RtcConfig.system();
    }

    @Override
    public Device create(RtcConfig config, DeviceContext context) {
        return new RtcDevice(config, RtcChip.atPowerOn(config.source()), context);
    }

    @Override
    public Device restore(RtcConfig config, RtcState state, DeviceContext context) {
        return new RtcDevice(config, state.checked(), context);
    }

    @Override
    public RtcState read(StateReader reader) {
        return RtcState.read(reader);
    }
}
