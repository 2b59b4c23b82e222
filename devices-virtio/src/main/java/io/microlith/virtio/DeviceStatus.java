// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/** Bits of the device status field (VIRTIO 1.2, 2.1). */
public final class DeviceStatus {
    /** The guest has noticed the device. */
    public static final int ACKNOWLEDGE = 1;
    /** The guest has a driver for it. */
    public static final int DRIVER = 2;
    /** The driver is ready, and the device lives. */
    public static final int DRIVER_OK = 4;
    /** The driver and the device agree about features. */
    public static final int FEATURES_OK = 8;
    /** The device cannot go on until it is reset. */
    public static final int NEEDS_RESET = 64;
    /** The driver has given up. */
    public static final int FAILED = 128;

    static final int ALL = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | NEEDS_RESET | FAILED;

    private DeviceStatus() {}
}
