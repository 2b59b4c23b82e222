// SPDX-License-Identifier: Apache-2.0
package io.microlith.board.legacy;

import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.device.DeviceFactory;
import io.microlith.vmm.state.StateReader;
import java.util.Map;

/** Makes keyboard controllers. There are no options. */
public final class I8042Factory implements DeviceFactory<I8042Config, I8042State> {
    /** Makes a factory. */
    public I8042Factory() {}

    @Override
    public String type() {
        return "i8042";
    }

    @Override
    public I8042Config configure(Map<String, String> options) {
        Options.of(type(), options).requireNone();
        return new I8042Config();
    }

    @Override
    public Device create(I8042Config config, DeviceContext context) {
        return new I8042Device(I8042Device.POWER_ON, context);
    }

    @Override
    public Device restore(I8042Config config, I8042State state, DeviceContext context) {
        return new I8042Device(state.checked(), context);
    }

    @Override
    public I8042State read(StateReader reader) {
        return I8042State.read(reader);
    }
}
