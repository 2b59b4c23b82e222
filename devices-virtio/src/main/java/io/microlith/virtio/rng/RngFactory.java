// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.virtio.setup.SetupOptions;
import io.microlith.virtio.setup.VirtioFactory;
import io.microlith.vmm.device.Device;
import io.microlith.vmm.device.DeviceContext;
import io.microlith.vmm.state.StateReader;
import java.util.Map;
import java.util.Optional;

/**
 * Makes entropy devices.
 *
 * <p>Options in text: those of {@link SetupOptions}.
 */
public final class RngFactory implements VirtioFactory<RngConfig, RngState> {
    /** Makes a factory. */
    public RngFactory() {}

    @Override
    public String type() {
        return "rng";
    }

    @Override
    public RngConfig configure(Map<String, String> options) {
        SetupOptions left = SetupOptions.of(type(), options);
        RngConfig config = RngConfig.fromHost().setup(left.takeSetup());
        left.requireNone();
        return config;
    }

    @Override
    public Device create(RngConfig config, DeviceContext context) {
        return new RngDevice(config, Optional.empty(), context);
    }

    @Override
    public Device restore(RngConfig config, RngState state, DeviceContext context) {
        return new RngDevice(config, Optional.of(state), context);
    }

    @Override
    public RngState read(StateReader reader) {
        return RngState.read(reader);
    }
}
