// SPDX-License-Identifier: Apache-2.0
package io.microlith.virtio.net;

/** Network devices with nothing but traffic behind them, for tests of all devices. */
public final class NetTraffic {
    private NetTraffic() {}

    /** A device that receives frames of one length without end, and sends what it is given. */
    public static NetConfig endless(int length) {
        return NetConfig.of(() -> new SteadyBackend(length, 1, Long.MAX_VALUE));
    }
}
