// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio;

/** The two sides' features, 32 at a time (VIRTIO 1.2, 2.2). Any thread; takes the device's lock. */
public final class FeatureRegisters {
    private final Object lock;
    private final long offered;
    private int deviceSelect;
    private int driverSelect;
    private long accepted;
    private boolean agreed;

    FeatureRegisters(Object lock, long offered) {
        this.lock = lock;
        this.offered = offered;
    }

    /** Which 32 of the device's features are read. */
    public int deviceSelect() {
        synchronized (lock) {
            return deviceSelect;
        }
    }

    /** Selects 32 of the device's features. */
    public void selectDevice(int select) {
        synchronized (lock) {
            deviceSelect = select;
        }
    }

    /** The 32 features that the driver selected, of those that device and transport offer; zero beyond the last. */
    public int device() {
        synchronized (lock) {
            return word(offered, deviceSelect);
        }
    }

    /** Which 32 of the driver's features are written. */
    public int driverSelect() {
        synchronized (lock) {
            return driverSelect;
        }
    }

    /** Selects 32 of the driver's features. */
    public void selectDriver(int select) {
        synchronized (lock) {
            driverSelect = select;
        }
    }

    /** The 32 of the driver's features that it selected. */
    public int driver() {
        synchronized (lock) {
            return word(accepted, driverSelect);
        }
    }

    /** The driver accepts features among the 32 it selected; not any more once they are agreed upon. */
    public void writeDriver(int value) {
        synchronized (lock) {
            if (agreed) {
                return;
            }
            if (driverSelect == 0) {
                accepted = accepted & ~0xffff_ffffL | Integer.toUnsignedLong(value);
            } else if (driverSelect == 1) {
                accepted = accepted & 0xffff_ffffL | (long) value << Integer.SIZE;
            }
        }
    }

    private static int word(long features, int select) {
        return switch (select) {
            case 0 -> (int) features;
            case 1 -> (int) (features >>> Integer.SIZE);
            default -> 0;
        };
    }

    // With the lock held.

    /** Agrees about what the driver accepted. Returns whether the device can. */
    boolean agree() {
        agreed = (accepted & ~offered) == 0 && (accepted & VirtioFeatures.VERSION_1) != 0;
        return agreed;
    }

    long offered() {
        return offered;
    }

    long accepted() {
        return accepted;
    }

    void restore(VirtioState state) {
        deviceSelect = state.deviceFeaturesSelect();
        driverSelect = state.driverFeaturesSelect();
        accepted = state.driverFeatures();
        agreed = (state.status() & DeviceStatus.FEATURES_OK) != 0;
    }

    void reset() {
        deviceSelect = 0;
        driverSelect = 0;
        accepted = 0;
        agreed = false;
    }
}
