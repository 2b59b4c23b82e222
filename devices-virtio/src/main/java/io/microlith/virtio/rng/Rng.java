// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.rng;

import io.microlith.vmm.device.DeviceSpec;

/** Entropy devices to give to a machine, which Linux shows as {@code /dev/hwrng}. */
public final class Rng {
    private Rng() {}

    /** A device with the host's random numbers. */
    public static DeviceSpec<RngConfig> fromHost() {
        return with(RngConfig.fromHost());
    }

    /** A device of any configuration. */
    public static DeviceSpec<RngConfig> with(RngConfig config) {
        return new DeviceSpec<>(new RngFactory(), config);
    }
}
