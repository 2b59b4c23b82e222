// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.balloon;

import io.microlith.vmm.device.DeviceSpec;

/** Balloons to give to a machine. */
public final class Balloon {
    private Balloon() {}

    /** A balloon that an embedder makes larger and smaller. */
    public static DeviceSpec<BalloonConfig> of(BalloonControl control) {
        return with(BalloonConfig.of(control));
    }

    /** A balloon of any configuration. */
    public static DeviceSpec<BalloonConfig> with(BalloonConfig config) {
        return new DeviceSpec<>(new BalloonFactory(), config);
    }
}
